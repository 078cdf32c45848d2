import type { Context, Hono } from 'hono'
import {
  addPasskey,
  addTotp,
  beginTotp,
  myFactors,
  removeFactor,
  renameFactor,
  renewRecoveryCodes,
} from '../directory/factors.ts'
import { AddedPasskey, offerPasskey, provedPasskey } from '../directory/passkeys.ts'
import {
  endMySession,
  endOtherSessions,
  type FoundSession,
  findSessionByToken,
  listSessions,
} from '../directory/sessions.ts'
import { isConfirmed } from '../domain/second-factor.ts'
import type { HttpEnv } from '../http/env.ts'
import { languageOf } from '../http/language.ts'
import { readSession } from '../http/session.ts'
import { factorName, plainName } from './factor-name.ts'
import { readForm } from './form.ts'
import type { Tone } from './pages/parts.tsx'
import { RecoveryCodesPage } from './pages/recovery-codes-page.tsx'
import { SecurityPage } from './pages/security-page.tsx'
import { SetUpPage } from './pages/set-up-page.tsx'
import { readPasskey } from './passkey-response.ts'
import { type PageSettings, type PortalOptions, pageSettings } from './ports.ts'
import { type Refused, refusedStep, statusOf, stepRefusal } from './refusal.ts'

const home = '/portal/security'
const done = ['added', 'renamed', 'removed', 'ended', 'endedOthers'] as const
type Done = (typeof done)[number]

type Mine = { c: Context<HttpEnv>; found: FoundSession; page: PageSettings }

/** A person's own second factors, recovery codes and sessions. */
export function security(app: Hono<HttpEnv>, { settings, directory, addressOf }: PortalOptions): void {
  /** Whoever is nobody signs in first; what changes a factor asks again who it is after five minutes. */
  const mine =
    (work: (mine: Mine) => Promise<Response>, more: { confirmed: boolean } = { confirmed: false }) =>
    async (c: Context<HttpEnv>) => {
      const session = readSession(c)
      const found = session === null ? undefined : await findSessionByToken(directory, session)
      if (found === undefined) return c.redirect('/portal/login?to=security', 303)
      if (more.confirmed && !isConfirmed(found.session.confirmed_at, directory.runtime.now()))
        return c.redirect('/portal/confirm?to=security', 303)
      return await work({ c, found, page: pageSettings(settings, languageOf(c)) })
    }
  const confirmed = { confirmed: true }
  const told = (c: Context<HttpEnv>, what: Done) => c.redirect(`${home}?done=${what}`, 303)

  async function overview({ c, found, page }: Mine, notice?: { tone: Tone; sentence: string }) {
    const { user, session } = found
    const sessions = await listSessions(directory, user.id, session.id_hash)
    const factors = await myFactors(directory, user)
    return c.html(
      <SecurityPage settings={page} email={user.email} factors={factors} sessions={sessions} notice={notice} />,
    )
  }

  /** Does it, or says on the overview why not. */
  const change = (work: (mine: Mine) => Promise<Done>, more?: { confirmed: boolean }) =>
    mine(async (own) => {
      try {
        return told(own.c, await work(own))
      } catch (error) {
        const sentence = stepRefusal(error, own.page.t)
        own.c.status(statusOf(error))
        return await overview(own, { tone: 'failed', sentence })
      }
    }, more)

  async function setUp({ c, found, page }: Mine, kind: 'app' | 'passkey', refused: Refused = {}) {
    const { user, session } = found
    return c.html(
      <SetUpPage
        settings={page}
        title={page.t(`portal.${kind}.addTitle`)}
        lead={page.t(`portal.${kind}.addLead`)}
        action={`${home}/${kind}`}
        app={kind === 'app' ? await beginTotp(directory, user, session.id_hash) : null}
        passkey={kind === 'passkey' ? await offerPasskey(directory, user, session.id_hash) : null}
        {...refused}
        signedInAs={user.email}
        away={{ href: home, words: page.t('portal.setUp.away') }}
      />,
    )
  }

  async function add({ c, found: { user, session }, page }: Mine, kind: 'app' | 'passkey') {
    const { code, name, response } = await readForm(c, 'code', 'name', 'response')
    const given = {
      code,
      name: factorName(page.t, kind === 'app' ? 'totp' : 'passkey', name),
      address: addressOf(c),
    }
    if (kind === 'app') return await addTotp(directory, user, session.id_hash, given)
    const passkey = await provedPasskey(directory, session.id_hash, readPasskey(AddedPasskey, response))
    return await addPasskey(directory, user, passkey, given)
  }

  app.get(
    home,
    mine(async (own) => {
      const what = done.find((each) => each === own.c.req.query('done'))
      return overview(own, what && { tone: 'in-sync', sentence: own.page.t(`portal.security.done.${what}`) })
    }),
  )
  for (const kind of ['app', 'passkey'] as const) {
    app.get(
      `${home}/${kind}`,
      mine((own) => setUp(own, kind), confirmed),
    )
    app.post(
      `${home}/${kind}`,
      mine(async (own) => {
        try {
          const { recoveryCodes: codes } = await add(own, kind)
          if (codes === null) return told(own.c, 'added')
          const { page, found } = own
          return own.c.html(<RecoveryCodesPage settings={page} email={found.user.email} codes={codes} onward={home} />)
        } catch (error) {
          const refused = refusedStep(error, own.page.t)
          own.c.status(statusOf(error))
          return await setUp(own, kind, refused)
        }
      }, confirmed),
    )
  }
  app.post(
    `${home}/factors/:id/rename`,
    change(async ({ c, found }) => {
      const name = plainName((await readForm(c, 'name')).name)
      if (name !== '') await renameFactor(directory, found.user, c.req.param('id') ?? '', name)
      return 'renamed'
    }, confirmed),
  )
  app.post(
    `${home}/factors/:id/remove`,
    change(async ({ c, found }) => {
      await removeFactor(directory, found.user, c.req.param('id') ?? '')
      return 'removed'
    }, confirmed),
  )
  app.post(
    `${home}/recovery-codes`,
    mine(async ({ c, found: { user }, page }) => {
      const codes = await renewRecoveryCodes(directory, user)
      return c.html(<RecoveryCodesPage settings={page} email={user.email} codes={codes} onward={home} />)
    }, confirmed),
  )
  app.post(
    `${home}/sessions/end-others`,
    change(async ({ found }) => {
      await endOtherSessions(directory, found)
      return 'endedOthers'
    }),
  )
  app.post(
    `${home}/sessions/:id/end`,
    change(async ({ c, found }) => {
      await endMySession(directory, found.actor, c.req.param('id') ?? '')
      return 'ended'
    }),
  )
}
