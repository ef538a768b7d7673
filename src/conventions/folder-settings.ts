import type { FunctionConfig } from '../config/to-function-config.ts'
import type { FunctionOptions } from '../routes/route.ts'

/** fn.config.json and fn.env.json of a tree, by folder below its root. */
export interface FolderFiles {
  readonly configs: ReadonlyMap<string, FunctionConfig>
  readonly envs: ReadonlyMap<string, Readonly<Record<string, string>>>
}

/** What holds for the files of a folder. Asked for each file, worked out once per folder. */
export interface FolderSettings {
  /**
   * What fn.config.json says: it holds for its folder and below, the nearest wins, key by key. Identity (name, entrypoint,
   * routes, home) and descriptions belong to their own folder only.
   */
  toOptions(folder: string): FunctionOptions
  /** `invoke.methods` of the nearest folder that has it. */
  toMethods(folder: string): readonly string[] | undefined
}

export function createFolderSettings(files: FolderFiles): FolderSettings {
  return {
    toOptions: memoize((folder) => toFunctionOptions(files, folder)),
    toMethods: memoize((folder) =>
      pickNearest(listConfigs(files, folder), (config) => config.invoke?.methods)
    )
  }
}

function memoize<T>(toValue: (folder: string) => T): (folder: string) => T {
  const known = new Map<string, { readonly value: T }>()
  return function find(folder) {
    const found = known.get(folder) ?? { value: toValue(folder) }
    known.set(folder, found)
    return found.value
  }
}

/** The folder and the folders above it, the tree's root ('') first. */
export function listAncestors(folder: string): string[] {
  const parts = folder === '' ? [] : folder.split('/')
  return ['', ...parts.map((_, i) => parts.slice(0, i + 1).join('/'))]
}

function toFunctionOptions(files: FolderFiles, folder: string): FunctionOptions {
  const configs = listConfigs(files, folder)
  const own = files.configs.get(folder)
  const routeOptions = Object.assign({}, ...configs.map((config) => config.options))
  return withoutUndefined({
    timeoutMs: pickNearest(configs, (config) => config.timeoutMs),
    maxConcurrency: pickNearest(configs, (config) => config.maxConcurrency),
    maxBodyBytes: pickNearest(configs, (config) => config.maxBodyBytes),
    allowHosts: pickNearest(configs, (config) => config.invoke?.allowHosts),
    handler: pickNearest(configs, (config) => config.invoke?.handler),
    workerPool: pickNearest(configs, (config) => config.workerPool),
    contentType: pickNearest(configs, (config) => config.invoke?.contentType),
    summary: own?.invoke?.summary,
    query: own?.invoke?.query,
    body: own?.invoke?.body,
    options: Object.keys(routeOptions).length > 0 ? routeOptions : undefined
  })
}

function listConfigs(files: FolderFiles, folder: string): FunctionConfig[] {
  return listAncestors(folder).flatMap((ancestor) => files.configs.get(ancestor) ?? [])
}

function pickNearest<T>(
  configs: readonly FunctionConfig[],
  pick: (config: FunctionConfig) => T | undefined
): T | undefined {
  return configs.reduce<T | undefined>((found, config) => pick(config) ?? found, undefined)
}

function withoutUndefined(value: {
  [K in keyof FunctionOptions]: FunctionOptions[K] | undefined
}): FunctionOptions {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined))
}
