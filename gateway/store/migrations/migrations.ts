import type { Migration } from 'kysely'
import { initial } from './0001-initial.ts'
import { groups } from './0002-groups.ts'
import { tombstones } from './0003-tombstones.ts'
import { importing } from './0004-import.ts'
import { life } from './0005-life.ts'
import { mapping } from './0006-mapping.ts'
import { connectionLife } from './0009-connection-life.ts'
import { blockIntent } from './0010-block-intent.ts'
import { licences } from './0011-licences.ts'
import { delegated } from './0013-delegated.ts'
import { credentialEnd } from './0014-credential-end.ts'
import { reminders } from './0016-reminders.ts'
import { secondFactors } from './0020-second-factors.ts'
import { links } from './0022-links.ts'
import { sealedMails } from './0023-sealed-mails.ts'
import { passwordTickets } from './0024-password-tickets.ts'
import { oldPassword } from './0025-old-password.ts'
import { passwordAge } from './0026-password-age.ts'
import { programs } from './0027-programs.ts'
import { doubts } from './0028-doubts.ts'

/** All migrations in order. One that was released is never edited. */
export const migrations: Record<string, Migration> = {
  '0001-initial': initial,
  '0002-groups': groups,
  '0003-tombstones': tombstones,
  '0004-import': importing,
  '0005-life': life,
  '0006-mapping': mapping,
  '0009-connection-life': connectionLife,
  '0010-block-intent': blockIntent,
  '0011-licences': licences,
  '0013-delegated': delegated,
  '0014-credential-end': credentialEnd,
  '0016-reminders': reminders,
  '0020-second-factors': secondFactors,
  '0022-links': links,
  '0023-sealed-mails': sealedMails,
  '0024-password-tickets': passwordTickets,
  '0025-old-password': oldPassword,
  '0026-password-age': passwordAge,
  '0027-programs': programs,
  '0028-doubts': doubts,
}
