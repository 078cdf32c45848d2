import { adminHosts } from '../redirect/admin-hosts.ts'

/** What an admin center shows, as far as its address tells. */
export type AdminPage = { kind: 'user'; accountId: string } | { kind: 'group'; groupId: string } | { kind: 'elsewhere' }

const guid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const userBlade = new RegExp(`/(?:userId|userObjectId)/(${guid})(?![0-9a-f-])`, 'gi')
const objectBlade = new RegExp(`/User[a-z]*Blade/(?:[^#]*/)?objectId/(${guid})(?![0-9a-f-])`, 'gi')
const adminDetails = new RegExp(`/(?:UserDetails|UserDetailsPanel)/(${guid})(?![0-9a-f-])`, 'gi')
const groupBlade = new RegExp(`/groupId/(${guid})(?![0-9a-f-])`, 'gi')
const adminGroup = new RegExp(`/GroupDetails(?:Panel)?/(${guid})(?![0-9a-f-])`, 'gi')

/**
 * Reads whose page it is from the address alone; the object id sits in the fragment. Where one blade lies on another
 * the last one is what is seen. Shapes as met in Entra, Azure and Microsoft 365 admin centers, November 2026.
 */
export function adminPageOf(address: string | undefined): AdminPage {
  const elsewhere: AdminPage = { kind: 'elsewhere' }
  if (address === undefined || !URL.canParse(address)) return elsewhere
  const url = new URL(address)
  if (url.protocol !== 'https:' || !adminHosts.includes(url.hostname)) return elsewhere
  const route = unescaped(url.hash)
  const user = lastOf(route, [userBlade, objectBlade, adminDetails])
  const group = lastOf(route, [groupBlade, adminGroup])
  if (user && user.at > (group?.at ?? -1)) return { kind: 'user', accountId: user.id }
  return group ? { kind: 'group', groupId: group.id } : elsewhere
}

function lastOf(route: string, patterns: readonly RegExp[]): { id: string; at: number } | null {
  let last: { id: string; at: number } | null = null
  for (const pattern of patterns) {
    for (const match of route.matchAll(pattern)) {
      const at = match.index + match[0].length
      if (match[1] && at > (last?.at ?? -1)) last = { id: match[1].toLowerCase(), at }
    }
  }
  return last
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
