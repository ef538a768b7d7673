import type { Language, WorkerLanguageName } from './language.ts'

/**
 * The languages that run in workers, each loaded when a tree has a file of it. JavaScript runs in the server itself:
 * `javascript/`.
 */
export const languages: Readonly<Record<WorkerLanguageName, () => Promise<Language>>> = {
  go: async () => (await import('./go/go.ts')).go,
  lua: async () => (await import('./lua/lua.ts')).lua,
  php: async () => (await import('./php/php.ts')).php,
  python: async () => (await import('./python/python.ts')).python,
  rust: async () => (await import('./rust/rust.ts')).rust
}
