import { type Answer, type Call, context, isAdvanced, ok, option } from './call.ts'
import { badRequest, notFound, objectOf, Refusal } from './errors.ts'
import type { Filter } from './filter.ts'
import { filterOf, ordered, page, searched } from './lists.ts'
import { view } from './replicas.ts'
import { demandRead } from './rights.ts'
import type { Person, Properties, State } from './state.ts'
import { parseSelect, present } from './user-properties.ts'
import { find, findDeleted } from './users.ts'

/** "List users". */
export function listUsers(state: State, call: Call): Answer {
  demandRead(call, 'User.Read.All')
  const select = selectOf(call)
  const expand = expandOf(call)
  const rows = visibleUsers(state, call)
  const show = (row: Properties) => ({ ...present(row, select), ...expand(state, String(row['id'])) })
  return ok(page(state, call, 'users', ordered(call, rows, ['displayName', 'userPrincipalName']), show))
}

/** `/users/$count`: a bare number as text. */
export function countUsers(state: State, call: Call): Answer {
  demandRead(call, 'User.Read.All')
  if (call.headers['consistencylevel']?.toLowerCase() !== 'eventual')
    throw new Refusal(400, 'Request_BadRequest', '$count is not currently supported.')
  const count = visibleUsers(state, call).length
  return { status: 200, body: String(count), headers: { 'content-type': 'text/plain' } }
}

function visibleUsers(state: State, call: Call): Properties[] {
  const filter = filterOf(call, 'user')
  const eventual = isAdvanced(call)
  const rows: Properties[] = []
  for (const person of candidates(state, filter)) {
    const properties = view(state, person, eventual)
    if (properties !== null && (filter === null || filter.test(withManager(properties, person)))) rows.push(properties)
  }
  return searched(call, rows)
}

const withManager = (properties: Properties, person: Person): Properties =>
  person.manager === null ? properties : { ...properties, manager: { id: person.manager } }

/** Whom a filter can only match: found by an index where it names one value, else everybody. */
function candidates(state: State, filter: Filter | null): Iterable<Person> {
  const ids = new Set<string>()
  for (const { name, value } of filter?.hints ?? [{ name: '', value: '' }]) {
    const holder = lookUp(state, name.toLowerCase(), value)
    if (holder === 'unindexed') return state.people.values()
    if (holder !== undefined) ids.add(holder)
  }
  return [...ids].flatMap((id) => state.people.get(id) ?? [])
}

function lookUp(state: State, name: string, value: string): string | undefined {
  switch (name) {
    case 'id':
      return value.toLowerCase()
    case 'userprincipalname':
      return state.byName.get(value.toLowerCase())
    case 'mail':
      return state.byAddress.get(`smtp:${value.toLowerCase()}`)?.id
    case 'proxyaddresses':
      return state.byAddress.get(value.toLowerCase())?.id
    case 'onpremisesimmutableid':
      return state.byImmutableId.get(value)
    default:
      return 'unindexed'
  }
}

const selectOf = (call: Call) => parseSelect(option(call, '$select'))

type Expand = (state: State, id: string) => Properties

/** `$expand=manager($select=id)`, the one that works; not together with advanced query parameters. */
function expandOf(call: Call): Expand {
  const given = option(call, '$expand')
  if (given === null) return () => ({})
  const found = /^manager(?:\(\$select=([^)]*)\))?$/i.exec(given.trim())
  if (found === null) throw badRequest(`Could not find a property named '${given}' on type 'microsoft.graph.user'.`)
  if (isAdvanced(call)) throw badRequest('$expand is not supported with advanced query parameters.')
  const select = parseSelect(found[1] ?? null)
  return (state, id) => {
    const manager = state.people.get(state.people.get(id)?.manager ?? '')
    if (manager === undefined || manager.deletedAt !== null) return {}
    return { manager: { '@odata.type': '#microsoft.graph.user', ...present(manager.properties, select) } }
  }
}

/** "Get a user". */
export function getUser(state: State, call: Call, [key = '']: string[]): Answer {
  demandRead(call, 'User.Read.All')
  const person = seen(state, key)
  const select = selectOf(call)
  const expand = expandOf(call)
  const body = { ...present(person.shown, select), ...expand(state, person.id) }
  return ok({ '@odata.context': context(call, 'users/$entity'), ...body })
}

function seen(state: State, key: string): { id: string; shown: Properties } {
  const id = state.byName.get(key.toLowerCase()) ?? key.toLowerCase()
  const person = state.people.get(id)
  const shown = person === undefined ? null : view(state, person)
  if (person === undefined || shown === null) throw notFound(key)
  return { id, shown }
}

export function getManager(state: State, call: Call, [key = '']: string[]): Answer {
  demandRead(call, 'User.Read.All')
  const { manager } = find(state, key)
  if (manager === null) throw notFound('manager')
  const shown = present(find(state, manager).properties, selectOf(call))
  return ok({
    '@odata.context': context(call, 'directoryObjects/$entity'),
    '@odata.type': '#microsoft.graph.user',
    ...shown,
  })
}

/** "Get profilePhoto" (read 2026-11-23): the bytes themselves, in base64 within a batch. */
export function getPhoto(state: State, call: Call, [key = '']: string[]): Answer {
  demandRead(call, 'User.Read.All')
  const photo = state.photos.get(find(state, key).id)
  if (photo === undefined) throw new Refusal(404, 'ImageNotFound', "The photo wasn't found.")
  const body = call.batch ? photo : Buffer.from(photo, 'base64')
  return { status: 200, body, headers: { 'Content-Type': 'image/jpeg' } }
}

/** "List deletedItems"; only with a cast. */
export function listDeletedUsers(state: State, call: Call): Answer {
  demandRead(call, 'User.Read.All')
  const select = selectOf(call)
  const filter = filterOf(call, 'user')
  const rows = [...state.people.values()]
    .filter((person) => person.deletedAt !== null && (filter === null || filter.test(person.properties)))
    .map((person) => person.properties)
  return ok(
    page(state, call, 'users', ordered(call, rows, ['displayName', 'userPrincipalName']), (row) =>
      present(row, select),
    ),
  )
}

export function getDeletedUser(state: State, call: Call, id: string): Answer {
  demandRead(call, 'User.Read.All')
  const shown = present(findDeleted(state, id).properties, selectOf(call))
  return ok({
    '@odata.context': context(call, 'directoryObjects/$entity'),
    '@odata.type': '#microsoft.graph.user',
    ...shown,
  })
}

/** "directoryObject: getByIds": ids that it does not know are left out without a word. */
export function getByIds(state: State, call: Call): Answer {
  demandRead(call, 'User.Read.All')
  const { ids, types } = objectOf(call.body)
  if (!Array.isArray(ids) || ids.some((id) => typeof id !== 'string') || ids.length > 1000)
    throw badRequest("The property 'ids' is required and holds at most 1000 ids.")
  const kinds = Array.isArray(types)
    ? types.map((type) => String(type).toLowerCase())
    : ['user', 'group', 'directoryobject']
  const wants = (kind: string) => kinds.includes(kind) || kinds.includes('directoryobject')
  const select = option(call, '$select')
  const value: Properties[] = []
  for (const id of ids as string[]) {
    const person = state.people.get(id.toLowerCase())
    const shown = person === undefined ? null : view(state, person)
    const group = state.groups.get(id.toLowerCase())
    if (shown !== null && wants('user'))
      value.push({ '@odata.type': '#microsoft.graph.user', ...present(shown, parseSelect(select)) })
    else if (group !== undefined && group.deletedAt === null && wants('group'))
      value.push({ '@odata.type': '#microsoft.graph.group', ...group.properties })
  }
  return ok({ '@odata.context': context(call, 'directoryObjects'), value })
}
