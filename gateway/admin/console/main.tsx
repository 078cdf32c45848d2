import { render } from 'preact'
import { ConnectForm } from './connect-form.tsx'
import { ConnectionsView, ConnectionView } from './connections-view.tsx'
import { EventsView } from './events-view.tsx'
import { Empty } from './parts.tsx'
import { followLinks, useRoute } from './route.ts'
import { UserView } from './user-view.tsx'
import { UsersView } from './users-view.tsx'

type Identity = { organisation: string; name: string; role: string }

const places = [
  ['/admin', 'People', ['', 'users']],
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

function viewOf([head, id]: string[], role: string) {
  if (head === undefined) return <UsersView />
  if (head === 'users' && id !== undefined) return <UserView key={id} id={id} mayWrite={role !== 'auditor'} />
  if (head === 'connections' && id === undefined) return <ConnectionsView mayConnect={role === 'admin'} />
  if (head === 'connections' && id === 'new') return <ConnectForm />
  if (head === 'connections' && id !== undefined) return <ConnectionView key={id} id={id} role={role} />
  if (head === 'events') return <EventsView />
  return <Empty>There is nothing at this address.</Empty>
}

const root = document.getElementById('console')
if (root) {
  const { organisation = '', name = '', role = '' } = root.dataset
  followLinks(root)
  render(<Console organisation={organisation} name={name} role={role} />, root)
}
