import { networkInterfaces } from 'node:os'

export interface ShownUrls {
  /** The URL to open on this machine. */
  readonly url: string
  /** URLs for other machines, where the server listens on every address. */
  readonly networkUrls: readonly string[]
}

/** What to show for a server that listens on `host`: `0.0.0.0` itself is no address that a browser takes. */
export function toShownUrls(host: string, url: string): ShownUrls {
  if (host !== '0.0.0.0' && host !== '::') return { url, networkUrls: [] }
  return {
    url: toUrlOn(url, 'localhost'),
    networkUrls: listAddresses().map((address) => toUrlOn(url, address))
  }
}

function listAddresses(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])
  return addresses
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
}

function toUrlOn(url: string, host: string): string {
  const target = new URL(url)
  target.hostname = host
  return target.href.replace(/\/$/, '')
}
