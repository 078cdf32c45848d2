import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** In the data folder while a gateway serves it: the address on this machine where it listens. */
export const addressFile = 'gateway.url'

export async function announce(dataFolder: string, url: string): Promise<void> {
  await writeFile(join(dataFolder, addressFile), `${url}\n`, { mode: 0o600 })
}

export async function withdraw(dataFolder: string): Promise<void> {
  await rm(join(dataFolder, addressFile), { force: true })
}
