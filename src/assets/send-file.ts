import type { IncomingHttpHeaders } from 'node:http'
import { createRequire } from 'node:module'
import { basename, dirname } from 'node:path'
import { Readable } from 'node:stream'
import type { AssetHeaders } from './asset-answer.ts'
import type { FoundFile } from './find-file.ts'

const require = createRequire(import.meta.url)

/** Loaded when the first file is sent: an app without static files has no use for it. */
function loadSend(): typeof import('@fastify/send') {
  return require('@fastify/send') as typeof import('@fastify/send')
}

export interface SentFile {
  /** 200, 206, 304, 412 or 416. */
  readonly status: number
  readonly headers: AssetHeaders
  readonly body: Readable | undefined
}

export interface SendFileOptions {
  readonly method: string
  readonly headers: IncomingHttpHeaders
}

/**
 * Ranges, conditional requests and entity tags by the rules of @fastify/send, whatever the size of the file.
 * Undefined where the file has gone since it was found.
 */
export async function sendFile(file: FoundFile, options: SendFileOptions): Promise<SentFile | undefined> {
  const { method, headers } = options
  const path = encodeURIComponent(basename(file.realPath))
  const request = Object.assign(Readable.from([]), { method, headers })
  const result = await loadSend()(request, path, {
    // the folder of the very file that was found and allowed; its name is one encoded segment
    root: dirname(file.realPath),
    index: false,
    cacheControl: false,
    contentType: false,
    dotfiles: 'ignore'
  })
  const { statusCode: status } = result
  if (result.type === 'file') {
    const hasBody = method !== 'HEAD' && status !== 304
    return { status, headers: toLowerCaseNames(result.headers), body: hasBody ? result.stream : undefined }
  }
  if (status !== 412 && status !== 416) return undefined
  const contentRange = result.headers['Content-Range']
  return {
    status,
    headers: contentRange === undefined ? {} : { 'content-range': contentRange },
    body: undefined
  }
}

/** Content-Type by the extension of a name, with the charset where it is text. */
export function toContentType(name: string): string {
  const send = loadSend()
  const type = send.mime.getType(name) ?? 'application/octet-stream'
  return send.isUtf8MimeType(type) ? `${type}; charset=utf-8` : type
}

function toLowerCaseNames(headers: Record<string, string | number>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])
  )
}
