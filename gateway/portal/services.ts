import { consumeLink, inspectLink } from '../directory/activation.ts'
import { changePassword } from '../directory/change-password.ts'
import type { Context } from '../directory/context.ts'
import { myStatus } from '../directory/my-status.ts'
import { actorOf, endSession, findSessionByToken } from '../directory/sessions.ts'
import { signIn } from '../directory/sign-in.ts'
import { system } from '../domain/actor.ts'
import { Secret } from '../domain/secret.ts'
import type { PortalServices, SignedIn } from './ports.ts'

/** The use cases of the directory as the pages need them. */
export function portalServices(context: Context): PortalServices {
  async function enter(email: string, password: string, address: string): Promise<SignedIn> {
    const { user, session, sync, mustChange } = await signIn(context, null, {
      email,
      password: new Secret(password),
      address,
    })
    return { person: actorOf(user), session: session.token, sync, mustChange }
  }
  return {
    signIn: ({ email, password, address }) => enter(email, password, address),
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
    async invitation(token) {
      const user = await inspectLink(context, token)
      return user ? { email: user.email, displayName: user.display_name } : null
    },
    async activate({ token, newPassword, address }) {
      if (!(await inspectLink(context, token))) return null
      const { user } = await consumeLink(context, null, { token, password: new Secret(newPassword) })
      return enter(user.email, newPassword, address)
    },
  }
}
