import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'

/**
 * Stands where a browser expects Microsoft's pages and counts who comes. It is no copy of them: pages say where they are,
 * and the few that the extension looks at have the marks that it looks for.
 */
export type FakeMicrosoft = {
  port: number
  /** Every request that arrived, in order. */
  requests: readonly { host: string; path: string; method: string }[]
  close(): Promise<void>
}

/** Names that a browser under test takes to this machine; the gateway's own name is not among them. */
export const microsoftHosts = [
  '*.microsoft.com',
  '*.microsoftonline.com',
  '*.windowsazure.com',
  '*.azure.com',
  '*.office.com',
]

export async function startFakeMicrosoft(): Promise<FakeMicrosoft> {
  const requests: FakeMicrosoft['requests'][number][] = []
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'microsoft.invalid' }], { keySize: 2048 })
  const server = createServer({ key, cert }, (request, response) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '')
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    if (path !== '/favicon.ico') requests.push({ host, path, method: request.method ?? 'GET' })
    request.resume()
    response.writeHead(path === '/favicon.ico' ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(path === '/favicon.ico' ? '' : page(host, path))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function page(host: string, path: string): string {
  if (host === 'mysignins.microsoft.com' && path === '/security-info') {
    return frame(
      'Security info',
      '<button id="change" onclick="history.pushState({}, \'\', \'/security-info/password/change\')">Change password</button>',
    )
  }
  if (host === 'login.microsoftonline.com' && path === '/common/login') {
    return frame(
      'Update your password',
      '<input type="password" id="currentPassword"><input type="password" id="newPassword"><input type="password" id="confirmNewPassword">',
      '<meta name="PageID" content="ConvergedChangePassword">',
    )
  }
  return frame(host === 'entra.microsoft.com' ? 'Entra admin center' : 'Microsoft', `<p>${text(host + path)}</p>`)
}

function frame(title: string, body: string, head = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">${head}<title>${title}</title></head><body><h1>${title} (stand-in)</h1>${body}</body></html>`
}

const text = (value: string) => value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
