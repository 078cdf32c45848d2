import { BlockList, isIP } from 'node:net'
import type { Context } from 'hono'
import type { HttpEnv } from './env.ts'

const hopsMax = 20

/** The address of the caller: the right-most hop that no trusted proxy is. Told apart from what anybody may write. */
export function addressReader(trustedProxies: readonly string[]): (c: Context<HttpEnv>) => string {
  const trusted = blockList(trustedProxies)
  return (c) => {
    const hops = (c.req.header('x-forwarded-for') ?? '').split(',').map(normal).slice(-hopsMax)
    let address = normal(c.env?.incoming?.socket.remoteAddress ?? '')
    while (isTrusted(trusted, address)) {
      const before = hops.pop()
      if (!before || isIP(before) === 0) break
      address = before
    }
    return address
  }
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    list.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family)
  }
  return list
}

function isTrusted(list: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

function normal(address: string): string {
  return address.trim().replace(/^::ffff:(?=\d+\.)/i, '')
}
