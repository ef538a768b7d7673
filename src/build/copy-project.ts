import { copyFile, mkdir, readdir, realpath, stat } from 'node:fs/promises'
import { constants } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import type { Config } from '../config/config.ts'
import { readLayout } from '../files/read-layout.ts'
import type { ReadProject } from '../project/read-project.ts'

export interface CopyProjectOptions {
  readonly config: Config
  /** Absolute: the build. */
  readonly dir: string
  readonly outDir: string
  readonly read: ReadProject
  /** Files that modules are made of, below the project's directory. */
  readonly modules: readonly string[]
  readonly include?: readonly string[]
  readonly configFiles?: readonly string[]
}

/** Lists of dependencies and settings that are looked for from a handler's folder upwards. */
const ROOT_FILES = [
  ...['package.json', 'package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock'],
  ...['tsconfig.json', 'jsconfig.json', 'fn.config.json', 'fn.env.json'],
  ...['requirements.txt', 'constraints.txt', 'composer.json', 'composer.lock'],
  ...['go.mod', 'go.sum', 'Cargo.toml', 'Cargo.lock']
]

/**
 * Copies what is needed to serve: the trees with all that lies beside the handlers, `boot/`, the static files, what
 * modules import from elsewhere in the project, and the lists of dependencies. Never dot files, tests, or packages of
 * the root.
 */
export async function copyProject(options: CopyProjectOptions): Promise<void> {
  const { config, read } = options
  const layout = await readLayout(config.dir, config.trees.length > 0 ? config.trees : undefined)
  const copier = new Copier(options)
  const assets = (read.assets?.directory ?? config.publicDir).replace(/^\.\//, '')
  for (const { dir } of layout.trees) await copier.copyFolder(dir, { skipsTests: true })
  for (const dir of layout.bootDirs) await copier.copyFolder(dir, { skipsTests: true })
  if (!isAbsolute(assets)) await copier.copyFolder(assets, { staysInside: true })
  const names = [
    ...ROOT_FILES,
    ...(options.configFiles ?? []),
    ...options.modules,
    ...(options.include ?? [])
  ]
  for (const name of names) await copier.copy(name)
}

interface FolderRules {
  readonly skipsTests?: boolean
  /** What a link leads to outside of the folder is never sent, so it is not taken along. */
  readonly staysInside?: boolean
}

interface WalkRules extends FolderRules {
  /** Real path of `staysInside`'s folder. */
  readonly root: string | undefined
  /** Real paths of the folders above. */
  readonly parents: readonly string[]
}

class Copier {
  readonly #from: string
  readonly #to: string
  /** Absolute paths that are never taken along. */
  readonly #skipped: ReadonlySet<string>
  readonly #done = new Set<string>()

  constructor({ config, dir, outDir }: CopyProjectOptions) {
    this.#from = config.dir
    this.#to = dir
    this.#skipped = new Set([
      ...[outDir, dir, `${outDir}.old`],
      ...[config.stateDir, 'node_modules'].map((name) => resolve(config.dir, name))
    ])
  }

  /** A file or folder; one that is not there is left out. */
  async copy(name: string): Promise<void> {
    const found = await stat(join(this.#from, name)).catch(() => undefined)
    if (found?.isDirectory()) await this.copyFolder(name, {})
    else if (found?.isFile()) await this.#copyFile(name)
  }

  async copyFolder(folder: string, rules: FolderRules): Promise<void> {
    const root = rules.staysInside
      ? await realpath(join(this.#from, folder)).catch(() => undefined)
      : undefined
    await this.#walk(folder, { ...rules, root, parents: [] })
  }

  async #walk(folder: string, rules: WalkRules): Promise<void> {
    const path = join(this.#from, folder)
    const real = await realpath(path).catch(() => path)
    // A link may lead back to a folder that it lies in.
    if (this.#skipped.has(path) || rules.parents.includes(real)) return
    const parents = [...rules.parents, real]
    const names = await readdir(path).catch(() => [])
    for (const name of names.sort()) {
      if (isSkippedName(name, rules)) continue
      const below = folder === '' ? name : `${folder}/${name}`
      const found = await stat(join(this.#from, below)).catch(() => undefined)
      if (rules.root !== undefined && !(await isInside(rules.root, join(this.#from, below)))) continue
      if (found?.isDirectory()) await this.#walk(below, { ...rules, parents })
      else if (found?.isFile()) await this.#copyFile(below)
    }
  }

  async #copyFile(name: string): Promise<void> {
    const target = join(this.#to, name)
    if (this.#done.has(target) || this.#skipped.has(join(this.#from, name))) return
    this.#done.add(target)
    await mkdir(dirname(target), { recursive: true })
    await copyFile(join(this.#from, name), target, constants.COPYFILE_FICLONE)
  }
}

function isSkippedName(name: string, { skipsTests }: FolderRules): boolean {
  if (name === '.well-known') return false
  return (
    name.startsWith('.') || name === '__pycache__' || (skipsTests === true && /\.(test|spec)\./.test(name))
  )
}

async function isInside(root: string, path: string): Promise<boolean> {
  const real = await realpath(path).catch(() => undefined)
  return real !== undefined && !relative(root, real).startsWith('..')
}
