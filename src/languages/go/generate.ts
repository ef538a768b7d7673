import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { readText } from '../compiled/content-hash.ts'
import { type GoGroup, readWorkerFiles } from './group.ts'
import type { GoPackage } from './source.ts'

export interface GoModule {
  /** Where the compiler runs. */
  readonly dir: string
  /** Its import path. */
  readonly path: string
  /** Absolute: our copies, so that nothing is written into the source tree. */
  readonly goMod: string
  readonly overlay: string
}

const WORKER = 'treeway_worker'
export const MAIN = 'treeway_main'

/**
 * Writes the generated files below `folder`, and an overlay that lays them into the module: to the compiler they are
 * folders beside the user's own packages, so `internal` packages and relative replacements of go.mod mean what they say.
 */
export async function writeModule(
  group: GoGroup,
  packages: readonly GoPackage[],
  options: { readonly folder: string; readonly languageVersion: string }
): Promise<GoModule> {
  const { folder, languageVersion } = options
  const dir = group.goMod === undefined ? join(folder, 'module') : dirname(group.goMod)
  const goMod =
    group.goMod === undefined ? `module functions\n\ngo ${languageVersion}\n` : (readText(group.goMod) ?? '')
  const path = /^[ \t]*module[ \t]+"?([^\s"]+)/m.exec(goMod)?.[1] ?? 'functions'
  const replace: Record<string, string> = {}
  const lay = async (name: string, text: string): Promise<void> => {
    const file = join(folder, 'source', name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
    replace[join(dir, name)] = file
  }
  for (const file of readWorkerFiles()) replace[join(dir, WORKER, basename(file))] = file
  for (const made of packages) {
    for (const { name, text } of made.files) await lay(join(made.name, name), text)
    await lay(join(made.name, 'treeway_register.go'), toRegisterFile(made, path))
  }
  await lay(join(MAIN, 'main.go'), toMainFile(packages, path))
  const module = { dir, path, goMod: join(folder, 'go.mod'), overlay: join(folder, 'overlay.json') }
  await mkdir(dir, { recursive: true })
  if (group.goMod === undefined) await writeFile(join(dir, 'go.mod'), goMod)
  await writeFile(module.goMod, goMod)
  if (group.goMod !== undefined) {
    const sums = readText(join(dirname(group.goMod), 'go.sum'))
    if (sums !== undefined) await writeFile(join(folder, 'go.sum'), sums)
  }
  await writeFile(module.overlay, JSON.stringify({ Replace: replace }))
  return module
}

function toRegisterFile({ name, fn, handlers }: GoPackage, path: string): string {
  const pairs = handlers.map((handler) => `\t\t${JSON.stringify(handler)}: ${handler},\n`).join('')
  return `package ${name}

import ${WORKER} "${path}/${WORKER}"

func init() {
	${WORKER}.Register(${JSON.stringify(fn.name)}, map[string]interface{}{
${pairs}	})
}
`
}

function toMainFile(packages: readonly GoPackage[], path: string): string {
  const imports = packages.map(({ name }) => `\t_ "${path}/${name}"\n`).join('')
  return `package main

import (
	"${path}/${WORKER}"
${imports})

func main() {
	${WORKER}.Run()
}
`
}
