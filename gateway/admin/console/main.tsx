import { render } from 'preact'
import { ConnectForm } from './connect-form.tsx'
import { ConnectionPart } from './connection-part.tsx'
import { ConnectionsView, ConnectionView } from './connections-view.tsx'
import { DriftView } from './drift-view.tsx'
import { EventsView } from './events-view.tsx'
import { GroupView } from './group-view.tsx'
import { GroupsView } from './groups-view.tsx'
import { Empty } from './parts.tsx'
import { returnToPlace } from './place.ts'
import { PlanView } from './plan-view.tsx'
import { RemoteGroupsView } from './remote-groups-view.tsx'
import { followLinks, useRoute } from './route.ts'
import { type Selection, UndoPlanView } from './undo-plan.tsx'
import { UndoView } from './undo-view.tsx'
import { UserView } from './user-view.tsx'
import { UsersView } from './users-view.tsx'

type Identity = { organisation: string; name: string; role: string }

const places = [
  ['/admin', 'People', ['', 'users']],
  ['/admin/groups', 'Groups', ['groups']],
  ['/admin/connections', 'Connections', ['connections']],
  ['/admin/events', 'Events', ['events']],
] as const

function Console({ organisation, name, role }: Identity) {
  const route = useRoute()
  return (
    <>
      <nav aria-label="Console">
        <a class="organisation" href="/admin">
          <img src="/assets/icon.svg" alt="" width="24" height="24" />
          {organisation}
        </a>
        {places.map(([path, word, heads]) => (
          <a key={path} href={path} aria-current={heads.some((head) => head === (route[0] ?? '')) ? 'page' : undefined}>
            {word}
          </a>
        ))}
        <form method="post" action="/portal/logout">
          <span class="quiet">
            {name} · {role}
          </span>
          <button type="submit">Sign out</button>
        </form>
      </nav>
      <main>{viewOf(route, role)}</main>
    </>
  )
}

function viewOf([head, id, part, ...rest]: string[], role: string) {
  const isAdmin = role === 'admin'
  if (head === undefined) return <UsersView />
  if (head === 'users' && id !== undefined) return <UserView key={id} id={id} role={role} />
  if (head === 'connections' && id === undefined) return <ConnectionsView mayConnect={role === 'admin'} />
  if (head === 'connections' && id === 'new') return <ConnectForm />
  if (head === 'groups' && id === undefined) return <GroupsView mayWrite={isAdmin} />
  if (head === 'groups' && id !== undefined) return <GroupView key={id} id={id} mayWrite={isAdmin} />
  if (head === 'connections' && id !== undefined && part !== undefined) return partOf(id, part, rest, isAdmin)
  if (head === 'connections' && id !== undefined) return <ConnectionView key={id} id={id} role={role} />
  if (head === 'events') return <EventsView />
  return <Empty>There is nothing at this address.</Empty>
}

function partOf(id: string, part: string, rest: string[], isAdmin: boolean) {
  switch (part) {
    case 'plan':
      return (
        <ConnectionPart key={id} id={id} part="plan">
          {(connection, changed) => <PlanView connection={connection} mayApprove={isAdmin} changed={changed} />}
        </ConnectionPart>
      )
    case 'drift':
      return (
        <ConnectionPart key={id} id={id} part="drift">
          {(connection, changed) => <DriftView connection={connection} mayResolve={isAdmin} changed={changed} />}
        </ConnectionPart>
      )
    case 'groups':
      return (
        <ConnectionPart key={id} id={id} part="groups">
          {(connection) => <RemoteGroupsView connection={connection} mayWrite={isAdmin} />}
        </ConnectionPart>
      )
    case 'undo': {
      const selection = selectionOf(rest)
      return (
        <ConnectionPart key={id} id={id} part="undo">
          {(connection, changed) =>
            selection === null ? (
              <UndoView connection={connection} />
            ) : (
              <UndoPlanView
                key={rest.join()}
                connection={connection}
                selection={selection}
                mayUndo={isAdmin}
                changed={changed}
              />
            )
          }
        </ConnectionPart>
      )
    }
    default:
      return <Empty>There is nothing at this address.</Empty>
  }
}

function selectionOf([kind, id]: string[]): Selection | null {
  if (id === undefined) return null
  if (kind === 'user') return { user: id }
  if (kind === 'job') return { job: id }
  return kind === 'cycle' ? { cycle: id } : null
}

const root = document.getElementById('console')
if (root) {
  const { organisation = '', name = '', role = '' } = root.dataset
  returnToPlace()
  followLinks(root)
  render(<Console organisation={organisation} name={name} role={role} />, root)
}
