import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hasTool, isAlive, waitFor } from '../workers/runtime-project.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Node 20 runs no TypeScript: a plain program of the file, where the workers' programs can be found from it. */
async function toProgram(file: string): Promise<string> {
  const outfile = join(root, 'node_modules', '.cache', 'faults', `${process.pid}-server.mjs`)
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error'
  })
  return outfile
}

describe.skipIf(!hasTool('python3'))('a server that is killed', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'leaves no worker behind after %s, a spinning one neither',
    async (signal) => {
      const dir = mkdtempSync(join(tmpdir(), 'treeway-'))
      const program = await toProgram(fileURLToPath(new URL('killed-server.program.ts', import.meta.url)))
      const server = fork(program, [dir], { stdio: 'inherit' })
      const [pids] = (await once(server, 'message')) as [number[]]
      expect(pids.map(isAlive)).toEqual(pids.map(() => true))
      server.kill(signal)
      await waitFor(() => !pids.some(isAlive), 'every worker to end', 5000)
      rmSync(dir, { recursive: true, force: true })
      rmSync(program)
    }
  )
})
