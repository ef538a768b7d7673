/** Thrown anywhere below a handler, of whatever style: the client gets its status, code and message. */
export class ShopError extends Error {
  readonly statusCode: number
  readonly code: string

  constructor(statusCode: number, code: string, message: string) {
    super(message)
    this.statusCode = statusCode
    this.code = code
  }
}
