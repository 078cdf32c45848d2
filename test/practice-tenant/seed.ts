import { index } from './names.ts'
import { guidFrom, randomFrom } from './random.ts'
import type { Person, Properties, State } from './state.ts'
import { personOf } from './users.ts'

const given = [
  'Ana',
  'Ben',
  'Clara',
  'David',
  'Emma',
  'Felix',
  'Greta',
  'Hugo',
  'Ida',
  'Jonas',
  'Klara',
  'Leo',
  'Mia',
  'Noah',
  'Olga',
  'Paul',
  'Rosa',
  'Simon',
  'Tina',
  'Viktor',
]
const family = [
  'Berg',
  'Costa',
  'Dahl',
  'Egger',
  'Fischer',
  'Gruber',
  'Huber',
  'Ivanov',
  'Jansen',
  'Keller',
  'Lang',
  'Maier',
  'Novak',
  'Olsen',
  'Peters',
  'Roth',
  'Sato',
  'Tran',
  'Urban',
  'Weber',
]
const jobs = ['Engineer', 'Accountant', 'Designer', 'Teacher', 'Nurse', 'Analyst', 'Clerk', 'Manager']
const cities = ['Graz', 'Wien', 'Linz', 'Berlin', 'Paris', 'Madrid', 'Osaka']

export const seededPassword = (seed: number, index: number) => `Practice-${seed}-${index}-Tenant!`

/** The directory as a seed decides it: people at its domain, an administrator, a guest and one synced from on-premises. */
export function seed(state: State, options: { users: number; seed: number; domain: string }): void {
  const initial = `${options.domain.split('.')[0]}.onmicrosoft.com`
  const domain = {
    isVerified: true,
    isDefault: false,
    isInitial: false,
    authenticationType: 'Managed' as const,
    passwordValidityPeriodInDays: 2147483647,
    federation: null,
  }
  state.domains.set(options.domain, { ...domain, id: options.domain, isDefault: true })
  state.domains.set(initial, { ...domain, id: initial, isInitial: true })
  const random = randomFrom(options.seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const taken = new Map<string, number>()
  for (let at = 0; at < options.users; at++) {
    const [first, last] = [pick(given), pick(family)]
    const plain = `${first}.${last}`.toLowerCase()
    const count = taken.get(plain) ?? 0
    taken.set(plain, count + 1)
    const local = count === 0 ? plain : `${plain}${count + 1}`
    add(state, options.seed, at, {
      displayName: `${first} ${last}`,
      givenName: first,
      surname: last,
      userPrincipalName: `${local}@${options.domain}`,
      mailNickname: local,
      jobTitle: pick(jobs),
      city: pick(cities),
      usageLocation: 'AT',
    })
  }
  const admin = add(state, options.seed, -1, {
    displayName: 'Global Admin',
    userPrincipalName: `admin@${initial}`,
    mailNickname: 'admin',
  })
  state.roleAssignments.push({
    id: guidFrom('role'),
    principalId: admin.id,
    roleDefinitionId: '62e90394-69f5-4237-9190-012177145e10',
  })
  add(state, options.seed, -2, {
    displayName: 'Guest Person',
    userPrincipalName: `guest_fabrikam.example#EXT#@${initial}`,
    mailNickname: 'guest',
    userType: 'Guest',
  })
  add(state, options.seed, -3, {
    displayName: 'Synced Person',
    userPrincipalName: `synced@${options.domain}`,
    mailNickname: 'synced',
    onPremisesSyncEnabled: true,
    onPremisesImmutableId: 'c3luY2VkLWZyb20tYWQ=',
  })
}

function add(state: State, seedNumber: number, at: number, some: Properties): Person {
  const id = guidFrom(`${seedNumber} ${at}`)
  const name = String(some['userPrincipalName'])
  const mailbox = some['userType'] !== 'Guest'
  const properties: Properties = {
    id,
    userType: 'Member',
    accountEnabled: true,
    businessPhones: [],
    createdDateTime: '2025-01-15T08:00:00Z',
    lastPasswordChangeDateTime: '2025-01-15T08:00:00Z',
    proxyAddresses: mailbox ? [`SMTP:${name}`] : [],
    ...(mailbox && { mail: name }),
    ...some,
  }
  const person = personOf(properties, seededPassword(seedNumber, at), false)
  state.people.set(id, person)
  index(state, person)
  return person
}
