import type { ImportableAccount } from '@lockstep/shared/contract/connection'
import { useState } from 'preact/hooks'
import { ConflictCard, type Resolution } from './conflict-card.tsx'
import { Empty } from './parts.tsx'

type Props = {
  connectionId: string
  accounts: readonly ImportableAccount[]
  mayImport: boolean
  busy: boolean
  carryOut: (resolutions: Resolution[], bind: boolean) => void
}

/** Accounts that stand against people here: each is decided, and all decisions are carried out together. */
export function ConflictList({ connectionId, accounts, mayImport, busy, carryOut }: Props) {
  const [decided, setDecided] = useState<ReadonlyMap<string, Resolution>>(new Map())
  const [bind, setBind] = useState(true)
  const here = accounts.flatMap(({ id }) => decided.get(id) ?? []).filter(isWhole)
  const decide = (resolution: Resolution) => setDecided(new Map([...decided, [resolution.accountId, resolution]]))
  if (accounts.length === 0) return <Empty>No account is in conflict with anybody here.</Empty>
  return (
    <>
      {accounts.map((account) => (
        <ConflictCard
          key={account.id}
          connectionId={connectionId}
          account={account}
          mayDecide={mayImport}
          decision={decided.get(account.id) ?? null}
          decide={decide}
        />
      ))}
      {mayImport && (
        <p class="actions">
          <button
            type="button"
            class="primary"
            data-action="carry-out"
            disabled={busy || here.length === 0}
            onClick={() => carryOut(here, bind)}
          >
            {wordOf(here.length)}
          </button>
          <label class="choice">
            <input type="checkbox" checked={bind} onChange={(event) => setBind(event.currentTarget.checked)} /> and bind
            them
          </label>
        </p>
      )}
    </>
  )
}

/** An address that is still being typed is none yet. */
const isWhole = (resolution: Resolution) => resolution.action !== 'rename' || /^\S+@\S+$/.test(resolution.email)

function wordOf(count: number): string {
  if (count === 0) return 'Carry out the decisions'
  return count === 1 ? 'Carry out 1 decision' : `Carry out ${count} decisions`
}
