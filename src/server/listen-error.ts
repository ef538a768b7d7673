import { TreewayError } from '../errors.ts'

/** Where a server was told to listen. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'the system does not allow it (ports below 1024 need a right)',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up'
}

/** What Node says when it can not listen, with our codes; any other error comes back as it is. */
export function toListenError(error: unknown, { host, port }: ListenAddress): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'EADDRINUSE')
    return new TreewayError('TREEWAY_PORT_TAKEN', `Port ${port} is taken.`, { cause: error })
  const reason = WORDS[code]
  if (reason === undefined) return error
  return new TreewayError('TREEWAY_LISTEN_FAILED', `Can not listen on ${host}, port ${port}: ${reason}.`, {
    cause: error
  })
}
