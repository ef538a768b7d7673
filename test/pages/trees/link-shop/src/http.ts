export enum Fault {
  Invalid = 400,
  Missing = 404,
  Taken = 409,
  Full = 507
}

/** Thrown where a request can not be answered, and told to the client by the middleware. */
export class HttpFault extends Error {
  constructor(
    readonly fault: Fault,
    message: string
  ) {
    super(message)
  }
}

export async function readBody<T>(request: Request, isValid: (value: unknown) => value is T): Promise<T> {
  const value: unknown = await request.json().catch(() => undefined)
  if (!isValid(value)) throw new HttpFault(Fault.Invalid, 'The body is not what this takes')
  return value
}
