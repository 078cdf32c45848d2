import { conflict } from './errors.ts'
import type { Person, Properties, State } from './state.ts'

/*
 * What is unique in a tenant: user names and immutable ids among users, addresses over users and groups. Immutable ids
 * stay taken while their user is in the recycle bin; names and addresses too, when that switch is on.
 */

const addressesOf = (properties: Properties): string[] =>
  ((properties['proxyAddresses'] ?? []) as string[]).map((address) => address.toLowerCase())

export function refuseTaken(state: State, properties: Properties, self: string): void {
  const name = state.byName.get(String(properties['userPrincipalName']).toLowerCase())
  if (name !== undefined && name !== self) throw conflict('userPrincipalName', { kind: 'User', id: name })
  const address = takenAddress(state, properties, self)
  if (address !== undefined) throw conflict('proxyAddresses', state.byAddress.get(address))
  const immutable = properties['onPremisesImmutableId']
  const holder = typeof immutable === 'string' ? state.byImmutableId.get(immutable) : undefined
  if (holder !== undefined && holder !== self) throw conflict('onPremisesImmutableId', { kind: 'User', id: holder })
}

/** The first address that somebody else holds, in lower case. */
export const takenAddress = (state: State, properties: Properties, self: string): string | undefined =>
  addressesOf(properties).find((address) => {
    const holder = state.byAddress.get(address)
    return holder !== undefined && holder.id !== self
  })

export function index(state: State, person: Person): void {
  const { properties, id } = person
  state.byName.set(String(properties['userPrincipalName']).toLowerCase(), id)
  for (const address of addressesOf(properties)) state.byAddress.set(address, { kind: 'User', id })
  const immutable = properties['onPremisesImmutableId']
  if (typeof immutable === 'string') state.byImmutableId.set(immutable, id)
}

/** Gives up what a user holds: all of it, or what the recycle bin does not keep. */
export function unindex(state: State, person: Person, options: { recycled?: boolean } = {}): void {
  const { properties, id } = person
  if (options.recycled === true && state.switches.deletedHoldsNames) return
  const name = String(properties['userPrincipalName']).toLowerCase()
  if (state.byName.get(name) === id) state.byName.delete(name)
  for (const address of addressesOf(properties))
    if (state.byAddress.get(address)?.id === id) state.byAddress.delete(address)
  if (options.recycled === true) return
  const immutable = properties['onPremisesImmutableId']
  if (typeof immutable === 'string' && state.byImmutableId.get(immutable) === id) state.byImmutableId.delete(immutable)
}
