import { defineConfig } from 'vitest/config'

/** `unit` is what `npm run check` runs: no ports, no processes. Everything else lives under test/. */
export default defineConfig({
  test: {
    pool: 'threads',
    maxWorkers: 2,
    reporters: ['default', ['./test/reporter.ts', { showsFailures: false }]],
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.ts'], isolate: false } },
      {
        extends: true,
        test: { name: 'system', include: ['test/**/*.test.ts'], pool: 'forks', testTimeout: 30_000, hookTimeout: 60_000 }
      }
    ]
  }
})
