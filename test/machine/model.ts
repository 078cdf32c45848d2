/** What the directory has to hold, as far as somebody was told so. */
export type Person = {
  id: string
  email: string
  displayName: string
  jobTitle: string | null
  city: string | null
  state: 'staged' | 'active' | 'suspended'
  /** The password in force. */
  password: string | null
  /** What was wished last; unknown while nobody was told how it ended. */
  binding: 'bound' | 'leaving' | 'none' | 'unknown'
}

export type Model = {
  people: Map<string, Person>
  mode: 'observe' | 'apply'
  driftPolicy: 'notify' | 'enforce'
  paused: boolean
  /** Whose each password is that was ever thought up, and in which order. */
  passwords: Map<string, { userId: string; order: number }>
  /** Creates and blocks that an admin has released, as "create USER": until when. */
  released: Map<string, number>
  /** Accounts found disabled that an admin ticked to be enabled, and protected ones that he overrode: users. */
  ticked: Set<string>
  overridden: Set<string>
  /** An import may have made people of whom nobody was told. */
  importing: boolean
}

export const createModel = (mode: Model['mode']): Model => ({
  people: new Map(),
  mode,
  driftPolicy: 'notify',
  paused: false,
  passwords: new Map(),
  released: new Map(),
  ticked: new Set(),
  overridden: new Set(),
  importing: false,
})

/** By this a password is found wherever it should not be. */
export const marks = ['Zq7~', 'Trombone-trombone'] as const

/** A new password for a person; a banned one is refused by the tenant, not by us. */
export function newPassword(model: Model, userId: string, banned: boolean): string {
  const order = model.passwords.size + 1
  const password = banned ? `${marks[1]}${String(order).padStart(2, '0')}` : `${marks[0]}Kettle-${order}-Rain`
  model.passwords.set(password, { userId, order })
  return password
}
