import type { Binding } from '@lockstep/shared/contract/binding'
import type { CreateGroup, UpdateGroup } from '@lockstep/shared/contract/group'
import type { MyStatus } from '@lockstep/shared/contract/session'
import type { TakeoverPreview } from '@lockstep/shared/contract/takeover'
import type { CreateUser, PasswordSync, Role, UpdateUser, User } from '@lockstep/shared/contract/user'
import { activateUser } from '../directory/activate-user.ts'
import { changePassword } from '../directory/change-password.ts'
import type { Context } from '../directory/context.ts'
import { createUser } from '../directory/create-user.ts'
import { deleteUser } from '../directory/delete-user.ts'
import { userOrProblem } from '../directory/find.ts'
import * as groups from '../directory/groups.ts'
import { sealImported } from '../directory/import-users.ts'
import { requestLink } from '../directory/link-requests.ts'
import * as mails from '../directory/mails.ts'
import { myStatus } from '../directory/my-status.ts'
import { newsSeen } from '../directory/news.ts'
import { sendLink, showLink } from '../directory/password-links.ts'
import { presentUser, presentUsers, timeOf } from '../directory/present-user.ts'
import { resumeUser } from '../directory/resume-user.ts'
import { endSession, findSessionByToken, type Visit } from '../directory/sessions.ts'
import { setPassword } from '../directory/set-password.ts'
import { signIn } from '../directory/sign-in.ts'
import { suspendUser } from '../directory/suspend-user.ts'
import { previewTakeover } from '../directory/takeover.ts'
import { updateUser } from '../directory/update-user.ts'
import { type CsvRow, parseUsersCsv } from '../directory/users-csv.ts'
import { system } from '../domain/actor.ts'
import type { LinkPurpose } from '../domain/link.ts'
import { Problem } from '../domain/problem.ts'
import { Secret } from '../domain/secret.ts'
import type { Caller, Person } from '../http/caller.ts'
import { countFactors } from '../store/factors.ts'
import { type Page, pageOf, readCursor } from '../store/page.ts'
import { findPhoto } from '../store/photos.ts'
import { searchUsers, type UserQuery, type UserRow } from '../store/users.ts'

type SignInInput = { email: string; password: string; otp?: string }
type ChangeInput = { currentPassword: string; newPassword: string; session: string | null; address: string }

export type Directory = ReturnType<typeof directoryOf>

/** The use cases of the directory by the names of the contract's endpoints, with people as the contract shows them. */
export function directoryOf(context: Context) {
  const { db } = context.store
  const present = (row: UserRow) => presentUser(context, row)
  return {
    async signIn({ email, password, otp }: SignInInput, visit: Visit) {
      const given = { email, password: new Secret(password), ...(otp !== undefined && { otp }), ...visit }
      const { user, session, sync, browser } = await signIn(context, null, given)
      return { user: await present(user), session: session.token, sync, browser }
    },
    previewTakeover: (id: string, wanted: Parameters<typeof previewTakeover>[2]): Promise<TakeoverPreview> =>
      previewTakeover(context, id, wanted),
    requestLink: (email: string, address: string): Promise<void> => requestLink(context, null, { email, address }),
    sendLink: (actor: Caller, userId: string, purpose: LinkPurpose): Promise<{ recipient: string }> =>
      sendLink(context, actor, { userId, purpose }),
    async showLink(actor: Caller, userId: string) {
      const { endsAt, ...shown } = await showLink(context, actor, userId)
      return { ...shown, endsAt: timeOf(endsAt) }
    },
    async signOut(session: string): Promise<void> {
      const found = await findSessionByToken(context, session)
      await endSession(context, found?.actor ?? system, session)
    },
    hasFactor: async (id: string): Promise<boolean> => (await countFactors(db, [id])).has(id),
    myStatus: (person: Person): Promise<MyStatus> => myStatus(context, person.id),
    newsSeen: (person: Person): Promise<void> => newsSeen(context, person, person.id),
    changeMyPassword: (person: Person, { currentPassword, newPassword, session, address }: ChangeInput) =>
      changePassword(context, person, {
        userId: person.id,
        currentPassword: new Secret(currentPassword),
        newPassword: new Secret(newPassword),
        address,
        ...(session !== null && { sessionToken: session }),
      }),

    listMails: (query: Parameters<typeof mails.listMails>[1]) => mails.listMails(context, query),
    mailRecipient: async (id: string) => (await mails.mailOrProblem(context, id)).user_id,
    resendMail: (actor: Caller, id: string) => mails.resendMail(context, actor, id),
    bounceMail: (actor: Caller, id: string, reason: string) => mails.bounceMail(context, actor, id, reason),

    async listUsers(query: UserQuery): Promise<Page<User>> {
      const page = await searchUsers(db, query)
      return { ...page, items: await presentUsers(context, page.items) }
    },
    getUser: async (id: string): Promise<User> => present(await userOrProblem(db, id)),
    async userPhoto(id: string): Promise<Uint8Array<ArrayBuffer>> {
      await userOrProblem(db, id)
      const photo = await findPhoto(db, id)
      if (photo !== undefined) return photo
      throw new Problem('photo_not_found', 'This person has no photo here. Import it from the account with "photos".')
    },
    /** A person has few bindings, and they come with the person. */
    async userBindings(id: string, query: { limit: number; cursor?: string; count?: string }): Promise<Page<Binding>> {
      const { bindings } = await present(await userOrProblem(db, id))
      const after = query.cursor === undefined ? '' : readCursor(query.cursor).id
      const rest = bindings.filter(({ connectionId }) => connectionId > after)
      const total = query.count === 'true' ? bindings.length : undefined
      return pageOf(rest, query.limit, (last) => ({ text: '', number: 0, id: last.connectionId }), total)
    },
    usersOfCsv: (text: string): CsvRow[] => parseUsersCsv(text, sealImported(context)),
    createUser: async (actor: Caller, input: CreateUser) => present(await createUser(context, actor, input)),
    updateUser: async (actor: Caller, id: string, values: UpdateUser) =>
      present(await updateUser(context, actor, { userId: id, values })),
    deleteUser: (actor: Caller, id: string, accounts: 'keep' | 'disable') =>
      deleteUser(context, actor, { userId: id, accounts }),
    activateUser: async (actor: Caller, id: string, { sendMail }: { sendMail: boolean }) =>
      present(await activateUser(context, actor, { userId: id, sendMail })),
    listGroups: (query: Parameters<typeof groups.listGroups>[1]) => groups.listGroups(context, query),
    getGroup: (id: string) => groups.getGroup(context, id),
    createGroup: (actor: Caller, input: CreateGroup) => groups.createGroup(context, actor, input),
    updateGroup: (actor: Caller, id: string, values: UpdateGroup) => groups.updateGroup(context, actor, id, values),
    deleteGroup: (actor: Caller, id: string) => groups.deleteGroup(context, actor, id),
    listGroupMembers: (id: string, query: Parameters<typeof groups.listGroupMembers>[2]) =>
      groups.listGroupMembers(context, id, query),
    setMembership: (actor: Caller, ids: { groupId: string; userId: string }, member: boolean) =>
      groups.setMembership(context, actor, ids, member),
    suspendUser: async (actor: Caller, id: string) => present(await suspendUser(context, actor, { userId: id })),
    resumeUser: async (actor: Caller, id: string) => present(await resumeUser(context, actor, { userId: id })),
    setUserPassword: (
      actor: Caller,
      id: string,
      { password, mustChange }: { password: string; mustChange: boolean },
    ): Promise<PasswordSync[]> =>
      setPassword(context, actor, { userId: id, password: new Secret(password), mustChange }),

    /** Roles of those among these people who hold one. */
    async rolesOf(ids: readonly string[]): Promise<ReadonlyMap<string, Role>> {
      // Few hold a role, however many are asked about.
      const rows = await db.selectFrom('users').select(['id', 'role']).where('role', 'is not', null).execute()
      const asked = new Set(ids)
      return new Map(rows.flatMap(({ id, role }) => (role !== null && asked.has(id) ? [[id, role] as const] : [])))
    },
  }
}
