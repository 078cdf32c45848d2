import tls from 'node:tls'

/**
 * Lets this process believe a certificate that a test has just made, as NODE_EXTRA_CA_CERTS does for a program that is
 * started: that one is read at the start of a process alone. Everything else is verified as before.
 */
export function trust(pem: string): void {
  const create = tls.createSecureContext
  tls.createSecureContext = (options) => {
    const secure = create(options)
    ;(secure.context as { addCACert(pem: string): void }).addCACert(pem)
    return secure
  }
}
