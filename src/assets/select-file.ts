import { encodings } from './accept-encoding.ts'
import type { EncodingName } from './accept-encoding.ts'
import type { FileFinder, FoundFile } from './find-file.ts'

/** A file and its pre-compressed siblings. */
export interface Selection {
  readonly file: FoundFile
  readonly siblings: readonly { readonly encoding: EncodingName; readonly file: FoundFile }[]
  /** Changes when any of them does, appears or goes. */
  readonly fingerprint: string
}

/** Looks for `app.js.br` and `app.js.gz` beside `app.js`. One that is older than the file is stale, and left alone. */
export function selectFile(file: FoundFile, finder: FileFinder): Selection {
  const parent = file.names.slice(0, -1)
  const name = toName(file)
  const siblings = encodings.flatMap(({ name: encoding, extension }) => {
    const sibling = finder.find([...parent, name + extension])
    const isFresh = sibling !== undefined && sibling.modifiedAtMs >= file.modifiedAtMs
    return isFresh ? [{ encoding, file: sibling }] : []
  })
  const fingerprint = [file, ...siblings.map((sibling) => sibling.file)]
    .map((each) => each.fingerprint)
    .join('\n')
  return { file, siblings, fingerprint }
}

/** What the headers of a selection depend on. */
export function describeSelection({ file, siblings }: Selection): { name: string; hasSiblings: boolean } {
  return { name: toName(file), hasSiblings: siblings.length > 0 }
}

function toName(file: FoundFile): string {
  return file.names[file.names.length - 1] ?? ''
}
