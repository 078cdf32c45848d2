import { existsSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { callbackPath } from './admin/callback.ts'
import { buildApp } from './app.ts'
import { createDirectory } from './directory/directory.ts'
import { importUsers } from './directory/import-users.ts'
import { tellOnce } from './directory/send-mails.ts'
import { tellAdmins } from './directory/tell-admins.ts'
import { updateUser } from './directory/update-user.ts'
import type { Runtime } from './domain/runtime.ts'
import { facesOf } from './faces.ts'
import { openInstance } from './instance.ts'
import { listen } from './listen.ts'
import { senderRecordsOf } from './mail/sender-records.ts'
import { serveSealed } from './sealed.ts'
import { publicUrlOf, readSettings, SettingsError } from './settings.ts'
import { lockFolder } from './store/folder-lock.ts'
import { promotePrivate } from './store/private-file.ts'
import { KeyMismatch } from './store/vault.ts'
import { createClaims } from './sync/claims.ts'
import { createGates } from './sync/gates.ts'
import { createSync } from './sync/sync.ts'
import { createTenants } from './sync/tenants.ts'
import { systemRuntime } from './system-runtime.ts'
import { version } from './version.ts'

export type GatewayOptions = {
  dataFolder: string
  env: Readonly<Record<string, string | undefined>>
  /** Takes the log line by line, as JSON; without it nothing is logged. */
  log?: (line: string) => void
  runtime?: Runtime
  /** How often a connection is looked at when nothing wakes it, in ms. */
  cycleEveryMs?: number
}

export type Gateway = {
  /** Where people reach it. */
  url: string
  /** Where it listens on this machine. */
  localUrl: string
  /** Without the key of its store a gateway says no more than that; with the reason. Null: it serves. */
  sealed: string | null
  close(): Promise<void>
}

const defaultCycleMs = 30_000
/** How long requests under way may take once the gateway is asked to end, in ms. */
const lastRequestsMs = 5_000

/** Wires everything and serves it. Resolves when it is ready; what cannot start throws an error with a sentence. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const lock = lockFolder(options.dataFolder)
  if (lock === undefined) {
    throw new SettingsError(
      `A gateway serves ${options.dataFolder} already. End that one first, or choose another folder with --data.`,
    )
  }
  try {
    const gateway = await compose(options).catch((error: unknown) => seal(options, error))
    return { ...gateway, close: () => gateway.close().finally(lock.release) }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Whoever lacks the key is told so on every page, and may have it brought back; anything else ends the start. */
async function seal(options: GatewayOptions, error: unknown): Promise<Gateway> {
  if (!(error instanceof KeyMismatch)) throw error
  const log = logTo(options.log)
  log.error({}, error.message)
  const instance = await readSettings(options.dataFolder, options.env)
  const runtime = options.runtime ?? systemRuntime
  const { url, port, close } = await serveSealed(instance, { log, runtime, assetsFolder: assetsFolder() })
  return { url, localUrl: `http://localhost:${port}`, sealed: error.message, close }
}

async function compose(options: GatewayOptions): Promise<Gateway> {
  const runtime = options.runtime ?? systemRuntime
  const log = logTo(options.log)
  const open = await openInstance(options.dataFolder, options.env, runtime)
  const { instance, store, vault } = open
  if (open.staged && 'file' in instance.key) promotePrivate(instance.key.file)
  const note = ({ msg, ...fields }: { msg: string } & Record<string, unknown>) => log.info(fields, msg)
  let handler: RequestListener = (_request, response) => response.writeHead(503, { 'retry-after': '1' }).end()
  const listening = await listen((request, response) => handler(request, response), instance.listen)
  const url = publicUrlOf(instance, listening.port)

  const { delegatedApp } = instance
  const tenants = createTenants({
    vault,
    runtime,
    allowedClouds: instance.allowedClouds,
    delegated: { app: delegatedApp, store },
    log: note,
  })
  const sync = createSync(
    {
      store,
      vault,
      runtime,
      tenants,
      gates: createGates(),
      claims: createClaims({ store, runtime, tenants }),
      tell: (change, userId, message) => tellOnce(directory.context, change, userId, message),
      tellAdmins: (change, notice) => tellAdmins(directory.context, change, notice),
      ...(instance.mail !== null && { senderRecords: senderRecordsOf(instance.mail.from) }),
      log: note,
    },
    {
      everyMs: options.cycleEveryMs ?? defaultCycleMs,
      // Not the process: after a crash the next one on this folder goes on at once. The lock keeps it the only one.
      importUsers: (run) => importUsers(directory.context, run),
      updateUser: (actor, userId, values) => updateUser(directory.context, actor, { userId, values }),
      delegated: { app: delegatedApp, redirectUri: url + callbackPath },
      owner: `${hostname()} ${options.dataFolder}`,
    },
  )
  const directory = createDirectory({ ...open, publicUrl: url, sendPassword: sync.sendPassword, log: note })
  const ending = new AbortController()
  const app = await buildApp({
    settings: {
      publicUrl: url,
      listenHost: instance.listen.host,
      extensionIds: instance.extensionIds,
      trustedProxies: instance.trustedProxies,
      organisation: instance.organisation,
      supportContact: instance.supportContact,
      sendsMail: instance.mail !== null,
      language: instance.language,
      version,
    },
    log,
    now: runtime.now,
    newId: runtime.newId,
    assetsFolder: assetsFolder(),
    ...facesOf(directory.context, sync, instance.key),
    isReady: async () => true,
    ending: ending.signal,
  })
  handler = app.nodeHandler
  await directory.start()
  await sync.start()
  return {
    url,
    localUrl: `http://localhost:${listening.port}`,
    sealed: null,
    async close() {
      ending.abort()
      await listening.close(lastRequestsMs)
      await sync.stop()
      await directory.stop()
      await open.close()
    },
  }
}

function logTo(take: ((line: string) => void) | undefined) {
  if (take === undefined) return pino({ enabled: false })
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write: (line) => take(line.trimEnd()) })
}

/** Bundles are beside the built code, wherever this file itself runs from. */
function assetsFolder(): string {
  const beside = fileURLToPath(new URL('assets', import.meta.url))
  return existsSync(beside) ? beside : fileURLToPath(new URL('dist/assets', import.meta.url))
}
