import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** What Rust handlers link with is compiled once for all tests, not once for each project they make. */
const env = { CARGO_TARGET_DIR: process.env['CARGO_TARGET_DIR'] ?? join(tmpdir(), 'treeway-rust-target') }

/** `unit` is what `npm run check` runs: no ports, no processes. Everything else lives under test/. */
export default defineConfig({
  test: {
    pool: 'threads',
    maxWorkers: 2,
    reporters: ['default', ['./test/reporter.ts', { showsFailures: false }]],
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['src/**/*.test.ts'], isolate: false, testTimeout: 20_000 }
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 30_000,
          hookTimeout: 60_000,
          env
        }
      }
    ]
  }
})
