import { consumeLink, inspectLink } from '../directory/activation.ts'
import { changePassword } from '../directory/change-password.ts'
import type { Context } from '../directory/context.ts'
import { myStatus } from '../directory/my-status.ts'
import { actorOf, endSession, findSessionByToken, type Visit } from '../directory/sessions.ts'
import { beginSignIn, type SignedIn as DirectorySignedIn } from '../directory/sign-in.ts'
import { mustConfirm } from '../directory/step-up.ts'
import { system } from '../domain/actor.ts'
import { Secret } from '../domain/secret.ts'
import type { Entry, PortalServices, SignedIn } from './ports.ts'

export const signedInOf = ({ user, session, sync, mustChange }: DirectorySignedIn): SignedIn => ({
  kind: 'signed_in',
  person: actorOf(user),
  session: session.token,
  sync,
  mustChange,
})

/** The use cases of the directory as the pages need them. */
export function portalServices(context: Context): PortalServices {
  async function enter(email: string, password: string, visit: Visit, onward: string | null): Promise<Entry> {
    const begun = await beginSignIn(context, { email, password: new Secret(password), onward, ...visit })
    return begun.kind === 'half' ? begun : signedInOf(begun)
  }
  return {
    signIn: ({ email, password, visit, onward }) => enter(email, password, visit, onward),
    async signOut(session) {
      const found = await findSessionByToken(context, session)
      await endSession(context, found?.actor ?? system, session)
    },
    status: (userId) => myStatus(context, userId),
    changePassword: (person, { currentPassword, newPassword, session, address }) =>
      changePassword(context, person, {
        userId: person.id,
        currentPassword: new Secret(currentPassword),
        newPassword: new Secret(newPassword),
        address,
        ...(session !== null && { sessionToken: session }),
      }),
    mustConfirm: (userId, confirmedAt) => mustConfirm(context, userId, confirmedAt),
    async invitation(token) {
      const user = await inspectLink(context, token)
      return user ? { email: user.email, displayName: user.display_name } : null
    },
    async activate({ token, newPassword, visit }) {
      if (!(await inspectLink(context, token))) return null
      const { user } = await consumeLink(context, null, { token, password: new Secret(newPassword) })
      return enter(user.email, newPassword, visit, null)
    },
  }
}
