import type { IncomingRequestCfProperties as Own } from './pages-types.cjs'

type IncomingRequestCfProperties<HostMetadata = unknown> = Own<HostMetadata>

export = IncomingRequestCfProperties
export as namespace IncomingRequestCfProperties
