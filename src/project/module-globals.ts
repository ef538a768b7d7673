import { join } from 'node:path'
import { createProcessOverlay } from '../config/process-overlay.ts'
import { ScopedRequest, scopedFetch } from '../handlers/light-request.ts'
import { LightResponse } from '../handlers/light-response.ts'
import type { ModuleGlobals } from '../languages/javascript/module-record.ts'
import type { RouteTable } from '../routes/table.ts'

/** The variables that functions of a folder have, by absolute folder; only folders with some. */
export type FolderEnvs = ReadonlyMap<string, Readonly<Record<string, string>>>

export function toFolderEnvs(dir: string, { routes }: RouteTable): FolderEnvs {
  const own = routes.filter(({ env }) => Object.keys(env).length > 0)
  return new Map(own.map(({ file, env }) => [join(dir, file, '..'), env]))
}

/** What a module of the tree sees in place of the globals of the same name. */
export function createGlobals(envs: FolderEnvs): (file: string) => ModuleGlobals {
  const overlays = new Map([...envs].map(([folder, env]) => [folder, createProcessOverlay(env)]))
  return function globalsFor(file) {
    const overlay = overlays.size === 0 ? undefined : overlays.get(join(file, '..'))
    return {
      Response: LightResponse,
      Request: ScopedRequest,
      fetch: scopedFetch,
      ...(overlay ? { process: overlay } : {})
    } as ModuleGlobals
  }
}
