import type { Language, WorkerLanguageName } from './language.ts'
import { lua } from './lua/lua.ts'
import { php } from './php/php.ts'
import { python } from './python/python.ts'

/** The languages that run in workers. JavaScript runs in the server itself: `javascript/`. */
export const languages: readonly Language[] = [lua, php, python]

/** Undefined: not served yet. */
export function findLanguage(name: WorkerLanguageName): Language | undefined {
  return languages.find((language) => language.name === name)
}
