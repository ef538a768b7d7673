const algorithm = { name: 'HMAC', hash: 'SHA-256' }

export async function signToken(payload, secret) {
  const body = toBase64Url(new TextEncoder().encode(JSON.stringify(payload)))
  const signature = await crypto.subtle.sign(algorithm, await toKey(secret, 'sign'), new TextEncoder().encode(body))
  return `${body}.${toBase64Url(new Uint8Array(signature))}`
}

/** Undefined for a token that is none, that somebody changed, or whose time is over. */
export async function readToken(token, secret) {
  const [body, signature] = (token ?? '').split('.')
  if (!body || !signature) return undefined
  const isSigned = await crypto.subtle.verify(
    algorithm,
    await toKey(secret, 'verify'),
    fromBase64Url(signature),
    new TextEncoder().encode(body)
  )
  if (!isSigned) return undefined
  const payload = JSON.parse(new TextDecoder().decode(fromBase64Url(body)))
  return payload.until > Date.now() ? payload : undefined
}

function toKey(secret, usage) {
  return crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, [usage])
}

function toBase64Url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function fromBase64Url(text) {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
}
