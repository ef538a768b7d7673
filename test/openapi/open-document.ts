import { Validator } from '@seriousme/openapi-schema-validator'
import type { FastifyInstance } from 'fastify'
import { openApp } from '../../src/app.ts'
import type { ConfigInput } from '../../src/config/config.ts'
import type { OpenapiDocument, Operation } from '../../src/openapi/document.ts'
import { createProject } from '../cli/run-treeway.ts'
import type { Project, Tree } from '../cli/run-treeway.ts'

export interface Described {
  readonly project: Project
  readonly app: FastifyInstance
  readonly document: OpenapiDocument
  /** `get /users/{id}`; throws where the document has none. */
  operation(name: string): Operation
  close(): Promise<void>
}

/** A tree in a folder of its own, opened as `dev` does; other languages are neither installed nor compiled. */
export async function openDocument(files: Tree, config: ConfigInput = {}): Promise<Described> {
  const project = createProject(files)
  const { app } = await openApp(
    { dir: project.dir, problems: 'serve', config },
    { openapi: 'dev', isOnlyRead: true }
  )
  const document = (await app.treeway.openapi?.readDocument()) ?? refuseNone()
  return {
    project,
    app,
    document,
    operation(name) {
      const [method = '', path = ''] = name.split(' ')
      return document.paths[path]?.[method] ?? refuseNone(name)
    },
    async close() {
      await app.close()
      project.remove()
    }
  }
}

function refuseNone(name = 'document'): never {
  throw new Error(`There is no ${name}.`)
}

/** What somebody else's validator finds wrong. */
export async function listFaults(document: OpenapiDocument): Promise<unknown> {
  const { errors } = await new Validator().validate(
    structuredClone({ ...document }) as Record<string, unknown>
  )
  return errors ?? []
}
