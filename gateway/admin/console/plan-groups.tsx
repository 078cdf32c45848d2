import type { GroupOperation } from '@lockstep/shared/contract/plan'
import { api } from './api.ts'
import { ChangeList } from './change-list.tsx'
import { useKnown } from './use-known.ts'

const sentences: Record<GroupOperation['kind'], string> = {
  group_create: 'A security group is made.',
  group_update: 'Its values change.',
  group_add_members: 'Joins:',
  group_remove_member: 'Leaves:',
}

const groupOf = (id: string, signal: AbortSignal) => api.call('GET /groups/{id}', { params: { id }, signal })

/** Whoever has that account. */
async function holderOf(account: string, signal: AbortSignal) {
  const { items } = await api.call('GET /users', { query: { account: account as never, limit: 1 }, signal })
  const [holder] = items
  if (holder === undefined) throw new Error(`Nobody here has the account ${account}.`)
  return holder
}

/** How many members are looked up by name; of the rest the number is told. */
const namedMembers = 50

/** What a plan does to groups, group by group, with the names of those who join and leave. */
export function PlanGroups({ operations }: { operations: readonly GroupOperation[] }) {
  const ids = [...new Set(operations.map(({ groupId }) => groupId))]
  const members = operations.flatMap(membersOf).slice(0, namedMembers)
  const groups = useKnown(ids, groupOf)
  const holders = useKnown(members, holderOf)
  const nameOf = (account: string) => holders.get(account)?.displayName ?? account
  return (
    <ol class="plan">
      {ids.map((id) => (
        <li key={id} class="card" data-group={id}>
          <header>
            <strong>
              <a href={`/admin/groups/${encodeURIComponent(id)}`}>{groups.get(id)?.displayName ?? id}</a>
            </strong>
            <span class="quiet">Group</span>
          </header>
          {operations
            .filter(({ groupId }) => groupId === id)
            .map((operation) => (
              <div key={operation.kind + membersOf(operation).join()} data-operation={operation.kind}>
                <p>
                  {sentences[operation.kind]} {namesIn(operation, nameOf)}
                </p>
                <ChangeList changes={operation.changes.filter(({ attribute }) => attribute !== 'member')} />
              </div>
            ))}
        </li>
      ))}
    </ol>
  )
}

const membersOf = ({ changes }: GroupOperation): string[] =>
  changes.flatMap(({ attribute, before, after }) => (attribute === 'member' ? (after ?? before ?? []) : []))

function namesIn(operation: GroupOperation, nameOf: (account: string) => string): string {
  const members = membersOf(operation)
  const names = members.slice(0, namedMembers).map(nameOf).join(', ')
  return members.length > namedMembers ? `${names} and ${members.length - namedMembers} more` : names
}
