import { readFile } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { dataDir } from '@electric-sql/pglite-prepopulatedfs'

/** A whole PostgreSQL in this process and in memory: nothing to install, and gone when the server ends. */
export const database = new PGlite({ loadDataDir: await dataDir() })

await database.exec(await readSql('schema.sql'))
await database.exec(await readSql('seed.sql'))

async function readSql(name: string): Promise<string> {
  return readFile(new URL(name, import.meta.url), 'utf8')
}
