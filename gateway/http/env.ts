import type { HttpBindings } from '@hono/node-server'
import type { Caller } from './caller.ts'
import type { Log } from './settings.ts'

/** What a request carries through the layers. */
export type HttpEnv = {
  Bindings: Partial<HttpBindings>
  Variables: { requestId: string; log: Log; caller: Caller | undefined; language?: string }
}
