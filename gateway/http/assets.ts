import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { MiddlewareHandler } from 'hono'

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** What pages load, held in memory: nothing that a request says ever becomes a path on the disk. */
export type Assets = { get(name: string): Asset | undefined }
type Asset = { body: Buffer; packed: Buffer; type: string; etag: string }

/** Reads the folder that the build filled; empty when there is none, and then pages work without looks. */
export async function readAssets(folder: string): Promise<Assets> {
  const names = await readdir(folder).catch(() => [])
  const files = new Map<string, Asset>()
  for (const name of names) {
    const type = types[extname(name)]
    if (!type) continue
    const body = await readFile(join(folder, name))
    files.set(name, {
      body,
      packed: gzipSync(body),
      type,
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`,
    })
  }
  return files
}

export function serveAssets(assets: Assets): MiddlewareHandler {
  return async (c, next) => {
    const asset = assets.get(c.req.param('name') ?? '')
    if (!asset) return next()
    const caching = { 'Cache-Control': 'no-cache', ETag: asset.etag, Vary: 'Accept-Encoding' }
    if (c.req.header('if-none-match') === asset.etag) return c.body(null, 304, caching)
    const headers = { 'Content-Type': asset.type, ...caching }
    // Nothing in them is anybody's secret, so that their length tells nothing.
    if (/\bgzip\b/.test(c.req.header('accept-encoding') ?? ''))
      return c.body(new Uint8Array(asset.packed), 200, { ...headers, 'Content-Encoding': 'gzip' })
    return c.body(new Uint8Array(asset.body), 200, headers)
  }
}
