import type { ImportableAccount } from '@lockstep/shared/contract/connection'
import { compare } from '@lockstep/shared/ui/differences'
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { api } from './api.ts'
import { Value } from './change-list.tsx'
import { Shown } from './parts.tsx'
import { useAnswer } from './use-answer.ts'

/** What a person decides about an account in conflict, as the import takes it. */
export type Resolution =
  | { accountId: ImportableAccount['id']; action: 'link'; userId: string }
  | { accountId: ImportableAccount['id']; action: 'rename'; email: string }
  | { accountId: ImportableAccount['id']; action: 'skip' }

type Props = {
  connectionId: string
  account: ImportableAccount
  mayDecide: boolean
  decision: Resolution | null
  decide: (resolution: Resolution) => void
}

/** One account in conflict beside the person it may be, and what to do with it. */
export function ConflictCard({ connectionId, account, mayDecide, decision, decide }: Props) {
  const candidates = account.candidates ?? []
  const [chosen, setChosen] = useState(candidates[0]?.id ?? null)
  const person = candidates.find(({ id }) => id === chosen)
  return (
    <article class="card" data-account={account.id}>
      <header>
        <strong>{account.displayName ?? account.userPrincipalName}</strong>
        <span class="quiet">{account.userPrincipalName}</span>
      </header>
      <p>{account.reason}</p>
      {candidates.length > 1 && (
        <label class="choice">
          Compare with
          <select value={chosen ?? ''} onChange={(event) => setChosen(event.currentTarget.value)}>
            {candidates.map((user) => (
              <option key={user.id} value={user.id}>
                {user.displayName} ({user.email})
              </option>
            ))}
          </select>
        </label>
      )}
      {person && <SideBySide connectionId={connectionId} accountId={account.id} userId={person.id} />}
      {mayDecide && (
        <Decisions account={account} candidates={candidates} decision={decision} decide={decide} focusOn={setChosen} />
      )}
    </article>
  )
}

function SideBySide({ connectionId, accountId, userId }: { connectionId: string; accountId: string; userId: string }) {
  const { answer } = useAnswer(
    async (signal) => {
      const [user, account] = await Promise.all([
        api.call('GET /users/{id}', { params: { id: userId }, signal }),
        api.call('GET /connections/{id}/accounts/{accountId}', { params: { id: connectionId, accountId }, signal }),
      ])
      return compare(user, account)
    },
    [connectionId, accountId, userId],
  )
  return (
    <Shown answer={answer}>
      {(rows) => (
        <table class="stack compare">
          <thead>
            <tr>
              <th scope="col">Attribute</th>
              <th scope="col">Person here</th>
              <th scope="col">Account</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ attribute, label, ours, theirs, isSame }) => (
              <tr key={attribute} class={isSame ? undefined : 'differs'}>
                <th scope="row">
                  {label}
                  {!isSame && <span class="hidden"> (differs)</span>}
                </th>
                <td data-label="Person here">
                  <Value attribute={attribute} value={ours} />
                </td>
                <td data-label="Account">
                  <Value attribute={attribute} value={theirs} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Shown>
  )
}

type DecisionsProps = {
  account: ImportableAccount
  candidates: NonNullable<ImportableAccount['candidates']>
  decision: Resolution | null
  decide: (resolution: Resolution) => void
  focusOn: (userId: string) => void
}

function Decisions({ account, candidates, decision, decide, focusOn }: DecisionsProps) {
  const { id: accountId } = account
  const [email, setEmail] = useState('')
  const name = `decision-${accountId}`
  const rename = (address: string) => {
    setEmail(address)
    decide({ accountId, action: 'rename', email: address.trim() })
  }
  return (
    <fieldset class="radios">
      <legend>What to do with the account</legend>
      {candidates.map((user) => (
        <Choice
          key={user.id}
          name={name}
          value="link"
          checked={decision?.action === 'link' && decision.userId === user.id}
          choose={() => {
            focusOn(user.id)
            decide({ accountId, action: 'link', userId: user.id })
          }}
        >
          Link it to {user.displayName} <span class="quiet">{user.email}</span>
        </Choice>
      ))}
      <Choice name={name} value="rename" checked={decision?.action === 'rename'} choose={() => rename(email)}>
        Import it as somebody else, under another address
        <input
          type="email"
          aria-label={`Address to import ${account.userPrincipalName} under`}
          placeholder="name@contoso.example"
          autocomplete="off"
          value={email}
          onInput={(event) => rename(event.currentTarget.value)}
        />
      </Choice>
      <Choice
        name={name}
        value="skip"
        checked={decision?.action === 'skip'}
        choose={() => decide({ accountId, action: 'skip' })}
      >
        Leave it out of this import
      </Choice>
    </fieldset>
  )
}

type ChoiceProps = { name: string; value: string; checked: boolean; choose: () => void; children: ComponentChildren }

const Choice = ({ name, value, checked, choose, children }: ChoiceProps) => (
  <label>
    <input type="radio" name={name} data-decision={value} checked={checked} onChange={choose} />
    <span>{children}</span>
  </label>
)
