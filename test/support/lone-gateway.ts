import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGateway } from '@lockstep/gateway/main'

export type LoneGateway = { url: string; close(): Promise<void> }

/** A gateway without connections and without mail, in this process; sealed: its store was made with another key. */
export async function startLoneGateway(options: { sealed?: true } = {}): Promise<LoneGateway> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'lockstep-lone-'))
  const settings = { organisation: 'Contoso', supportContact: 'help@contoso.example' }
  await writeFile(join(dataFolder, 'lockstep.json'), JSON.stringify(settings))
  const start = (digit: string) =>
    startGateway({ dataFolder, env: { LOCKSTEP_PORT: '0', LOCKSTEP_KEY: digit.repeat(64) } })
  let gateway = await start('a')
  if (options.sealed) {
    await gateway.close()
    gateway = await start('b')
  }
  return {
    url: gateway.localUrl,
    async close() {
      await gateway.close()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}
