import type { FastifyInstance } from 'fastify'
import { database } from '../lib/database.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The shop's database; closed when the server is. */
    database: typeof database
  }
}

/** Runs once, before everything: handlers of the reply style and plugins find the database on the server. */
export default async function openDatabase(server: FastifyInstance): Promise<void> {
  server.decorate('database', database)
  server.addHook('onClose', () => database.close())
}
