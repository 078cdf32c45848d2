import { changePassword } from '../directory/change-password.ts'
import type { Context } from '../directory/context.ts'
import { userOrProblem } from '../directory/find.ts'
import { requestLink } from '../directory/link-requests.ts'
import { myStatus } from '../directory/my-status.ts'
import { newsSeen } from '../directory/news.ts'
import { groundOf } from '../directory/password-ground.ts'
import { consumeLink, inspectLink } from '../directory/password-links.ts'
import { actorOf, endSession, findSessionByToken } from '../directory/sessions.ts'

import { beginSignIn, type SignedIn as DirectorySignedIn } from '../directory/sign-in.ts'
import { mustConfirm } from '../directory/step-up.ts'
import { system } from '../domain/actor.ts'
import { Secret } from '../domain/secret.ts'
import type { Entry, PortalServices, SignedIn } from './ports.ts'

export const signedInOf = ({ user, session, browser, sync, mustChange }: DirectorySignedIn): SignedIn => ({
  kind: 'signed_in',
  person: actorOf(user),
  session: session.token,
  browser,
  sync,
  mustChange,
})

/** The use cases of the directory as the pages need them. */
export function portalServices(context: Context): PortalServices {
  const enter: PortalServices['signIn'] = async ({ email, password, visit, onward }): Promise<Entry> => {
    const begun = await beginSignIn(context, { email, password: new Secret(password), onward, ...visit })
    return begun.kind === 'half' ? begun : signedInOf(begun)
  }
  return {
    signIn: enter,
    async signOut(session) {
      const found = await findSessionByToken(context, session)
      await endSession(context, found?.actor ?? system, session)
    },
    status: (userId) => myStatus(context, userId),
    ground: async (userId) => groundOf(context, await userOrProblem(context.store.db, userId)),
    newsSeen: (person) => newsSeen(context, person, person.id),
    changePassword: (person, { currentPassword, newPassword, session, address }) =>
      changePassword(context, person, {
        userId: person.id,
        currentPassword: new Secret(currentPassword),
        newPassword: new Secret(newPassword),
        address,
        ...(session !== null && { sessionToken: session }),
      }),
    mustConfirm: (userId, confirmedAt) => mustConfirm(context, userId, confirmedAt),
    forgot: (input) => requestLink(context, null, input),
    async invitation(link) {
      const user = await inspectLink(context, link)
      if (user === undefined) return null
      return { id: user.id, email: user.email, displayName: user.display_name, ground: await groundOf(context, user) }
    },
    async choosePassword({ token, purpose, newPassword, visit, onward }) {
      const { user } = await consumeLink(context, null, { token, purpose, password: new Secret(newPassword) })
      return enter({ email: user.email, password: newPassword, visit: { ...visit, isAnnounced: true }, onward })
    },
  }
}
