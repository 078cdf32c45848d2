import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { MiddlewareHandler } from 'hono'

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** What pages load, held in memory: nothing that a request says ever becomes a path on the disk. */
export type Assets = { get(name: string): { body: Buffer; type: string; etag: string } | undefined }

/** Reads the folder that the build filled; empty when there is none, and then pages work without looks. */
export async function readAssets(folder: string): Promise<Assets> {
  const names = await readdir(folder).catch(() => [])
  const files = new Map<string, { body: Buffer; type: string; etag: string }>()
  for (const name of names) {
    const type = types[extname(name)]
    if (!type) continue
    const body = await readFile(join(folder, name))
    files.set(name, { body, type, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"` })
  }
  return files
}

export function serveAssets(assets: Assets): MiddlewareHandler {
  return async (c, next) => {
    const asset = assets.get(c.req.param('name') ?? '')
    if (!asset) return next()
    const caching = { 'Cache-Control': 'no-cache', ETag: asset.etag }
    if (c.req.header('if-none-match') === asset.etag) return c.body(null, 304, caching)
    return c.body(new Uint8Array(asset.body), 200, { 'Content-Type': asset.type, ...caching })
  }
}
