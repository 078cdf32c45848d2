/** What the operator decides about the face to the network. */
export type HttpSettings = {
  /** Origin under which people reach the gateway; links are built from it alone. */
  publicUrl: string
  /** Address that is listened on; a loopback address lets loopback names pass. */
  listenHost: string
  /** Ids of the browser extensions that may call from their own origin. */
  extensionIds: readonly string[]
  /** Addresses or CIDR ranges whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[]
}

/** Where request lines and defects go, as pino takes them. Never gets a secret, a query string or a body. */
export type Log = {
  info(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}
