import type { Notice } from '../domain/notice.ts'
import { noticeMail } from '../mail/templates.ts'
import type { Change } from '../store/store.ts'
import { listAdmins } from '../store/users.ts'
import type { Context } from './context.ts'
import { queueMailTo } from './send-mails.ts'

/** A mail to each administrator, in the transaction of what it tells about. */
export async function tellAdmins(context: Context, change: Change, notice: Notice): Promise<void> {
  for (const admin of await listAdmins(change.trx)) {
    await queueMailTo(context, change.trx, admin, noticeMail(context.settings, admin.display_name, notice))
  }
}
