import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { AppOptions } from '../../src/app.ts'

export type Files = Readonly<Record<string, string>>

/** A project of these files, removed when the test ends. */
export async function writeTree(files: Files): Promise<string> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'treeway-fault-')))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const folders = new Set(Object.keys(files).map((path) => dirname(join(dir, path))))
  for (const folder of folders) await mkdir(folder, { recursive: true })
  await Promise.all(Object.entries(files).map(([path, text]) => writeFile(join(dir, path), text)))
  return dir
}

/** As `dev` serves a tree: problems are shown, and the rest is served. */
export async function serve(dir: string, options: Partial<AppOptions> = {}): Promise<FastifyInstance> {
  const app = await createApp({ dir, problems: 'serve', ...options })
  onTestFinished(() => app.close())
  return app
}

/** The message that `start` refuses a tree with; undefined where it starts. */
export async function refuse(dir: string, options: Partial<AppOptions> = {}): Promise<string | undefined> {
  try {
    const app = await createApp({ dir, ...options })
    await app.close()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Status and text of an answer: `200 hello`. */
export async function ask(
  app: FastifyInstance,
  target: string,
  headers: Record<string, string> = {}
): Promise<string> {
  const [method = 'GET', url = target] = target.includes(' ') ? target.split(' ') : ['GET', target]
  const { statusCode, body } = await app.inject({ method: method as 'GET', url, headers })
  return `${statusCode} ${body}`
}
