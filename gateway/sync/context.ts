import type { MailMessage } from '@lockstep/shared/messages/mail/mail-message'
import type { Log } from '../domain/log.ts'
import type { Notice } from '../domain/notice.ts'
import type { Runtime } from '../domain/runtime.ts'
import type { SenderRecords } from '../domain/sender-records.ts'
import type { Change, Store } from '../store/store.ts'
import type { Vault } from '../store/vault.ts'
import type { Claims } from './claims.ts'
import type { Gates } from './gates.ts'
import type { Tenants } from './tenants.ts'

export type SyncContext = {
  store: Store
  vault: Vault
  runtime: Runtime
  tenants: Tenants
  gates: Gates
  claims: Claims
  /** Writes to a person, in the transaction of what it tells about, instead of what waits to tell the same. */
  tell(change: Change, userId: string, message: MailMessage): Promise<void>
  /** Writes to all administrators, in the transaction of what it tells about. */
  tellAdmins(change: Change, notice: Notice): Promise<void>
  /** What DNS says of the domain that our mails come from; absent where there are none. */
  senderRecords?: (() => Promise<SenderRecords>) | undefined
  log: Log
}
