import type { DeclaredExports } from '../conventions/convention.ts'
import { readFileStamp } from '../files/file-stamp.ts'

/** What files say they export, read again only where they, or files they hand exports on from, have changed. */
export interface KeptExports {
  /** `key`: whatever else the reading depends on. */
  find(file: string, key: string): DeclaredExports | undefined
  /** To be called before the file is read: what happens to it after that is then seen. */
  start(file: string, key: string): ReadingExports
  /** Something happened to these files. Absolute. */
  forget(files: Iterable<string>): void
}

export interface ReadingExports {
  /** Exports come from that file too. */
  follow(file: string | undefined): void
  keep(exports: DeclaredExports): void
}

interface KeptFile {
  readonly key: string
  readonly exports: DeclaredExports
  /** Of the file itself and of each that it follows. */
  readonly stamps: readonly (readonly [file: string, stamp: string])[]
}

export function createKeptExports(): KeptExports {
  const files = new Map<string, KeptFile>()
  return {
    find(file, key) {
      const kept = files.get(file)
      if (kept?.key !== key || !kept.stamps.every(([name, stamp]) => readFileStamp(name)?.text === stamp))
        return undefined
      return kept.exports
    },
    start(file, key) {
      const stamps = [[file, readStamp(file)]]
      let isKnown = true
      return {
        follow(followed) {
          // What is not there yet may be there at the next reading.
          if (followed === undefined) isKnown = false
          else stamps.push([followed, readStamp(followed)])
        },
        keep(exports) {
          const found = stamps.flatMap(([name, stamp]) =>
            name === undefined || stamp === undefined ? [] : [[name, stamp] as const]
          )
          if (isKnown && found.length === stamps.length) files.set(file, { key, exports, stamps: found })
        }
      }
    },
    forget(changed) {
      const stems = new Set([...changed].map(toStem))
      if (stems.size === 0) return
      for (const [file, { stamps }] of files)
        if (stamps.some(([name]) => stems.has(toStem(name)))) files.delete(file)
    }
  }
}

/** What may mean another file once one comes or goes: `./x` is x.js, x.ts or x/index.ts. */
function toStem(file: string): string {
  return file.replace(/([\\/]index)?\.[^.\\/]+$/, '')
}

/** Undefined where it would not tell the next write. */
function readStamp(file: string): string | undefined {
  const stamp = readFileStamp(file)
  return stamp?.isFresh ? undefined : stamp?.text
}
