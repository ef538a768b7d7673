import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

const COMPILED = ['go', 'rust']
const PROGRAM_FILES = new Set(['program', 'result.json', '.complete'])

/**
 * Takes away what was only needed to make the rest: generated sources (which name the place of the build), compilers'
 * caches, and Python's bytecode, which has the time of its making in it.
 */
export async function pruneState(stateDir: string): Promise<void> {
  for (const language of COMPILED) {
    const folder = join(stateDir, language)
    for (const name of await readNames(folder)) await pruneProgram(join(folder, name))
  }
  await prunePython(join(stateDir, 'python'))
}

async function pruneProgram(folder: string): Promise<void> {
  const names = await readNames(folder)
  if (!names.includes('.complete')) return await remove(folder)
  for (const name of names) if (!PROGRAM_FILES.has(name)) await remove(join(folder, name))
}

async function prunePython(folder: string): Promise<void> {
  await remove(join(folder, 'cache'))
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const { name, parentPath } of entries) {
    const isScript = /[\\/]bin$/.test(parentPath) && !/^python/.test(name)
    if (name === '__pycache__' || isScript) await remove(join(parentPath, name))
  }
}

async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
}

async function readNames(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => [])
}
