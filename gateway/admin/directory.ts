import type { MyStatus } from '@lockstep/shared/contract/session'
import type { CreateUser, PasswordSync, Role, UpdateUser, User } from '@lockstep/shared/contract/user'
import type { Caller, Person } from '../http/caller.ts'
import type { UserQuery } from '../store/users.ts'

type Page<T> = { items: T[]; next: string | null; total?: number }

/** The use cases of the directory that the API offers, by the names of the contract's endpoints. */
export type Directory = {
  signIn(input: {
    email: string
    password: string
    address: string
  }): Promise<{ user: User; session: string; sync: PasswordSync[] }>
  signOut(session: string): Promise<void>
  myStatus(person: Person): Promise<MyStatus>
  changeMyPassword(
    person: Person,
    input: { currentPassword: string; newPassword: string; session: string | null; address: string },
  ): Promise<PasswordSync[]>

  listUsers(query: UserQuery): Promise<Page<User>>
  createUser(actor: Caller, input: CreateUser): Promise<User>
  getUser(id: string): Promise<User>
  updateUser(actor: Caller, id: string, input: UpdateUser): Promise<User>
  deleteUser(actor: Caller, id: string, accounts: 'keep' | 'disable'): Promise<void>
  activateUser(actor: Caller, id: string, input: { sendMail: boolean }): Promise<User>
  suspendUser(actor: Caller, id: string): Promise<User>
  resumeUser(actor: Caller, id: string): Promise<User>
  setUserPassword(actor: Caller, id: string, input: { password: string; mustChange: boolean }): Promise<PasswordSync[]>
  /** Roles of those among these people who hold one. */
  rolesOf(ids: readonly string[]): Promise<ReadonlyMap<string, Role>>
}
