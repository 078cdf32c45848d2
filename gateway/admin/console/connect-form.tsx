import type { JSX } from 'preact'
import { api } from './api.ts'
import { RefusalNotice } from './parts.tsx'
import { go } from './route.ts'
import { signInAtMicrosoft } from './sign-in-at-microsoft.ts'
import { useAction } from './use-action.ts'

const fields = [
  ['name', 'Name', 'How this tenant is called here, for example Contoso', 'text'],
  ['tenantId', 'Tenant id', 'The GUID on the overview page of Entra', 'text'],
  ['clientId', 'Application (client) id', 'The GUID on the page of the app registration', 'text'],
  [
    'clientSecret',
    'Client secret',
    'Its value, not its id. A certificate can be given by the API or the command line',
    'password',
  ],
] as const satisfies readonly (readonly [string, string, string, string])[]

const clouds = [
  ['global', 'Worldwide'],
  ['usgov', 'US Government'],
  ['usgovdod', 'US Government DoD'],
  ['china', 'China (21Vianet)'],
  ['own', 'Other endpoints…'],
] as const

function read(form: HTMLFormElement) {
  const given = new FormData(form)
  const text = (name: string) => String(given.get(name) ?? '').trim()
  const cloud = text('cloud') as 'global' | 'own'
  return { text, cloud: cloud === 'own' ? { graph: text('graph'), login: text('login') } : cloud }
}

/** Connects a tenant; when the preflight fails, each check that failed is shown with what to do. */
export function ConnectForm() {
  const { busy, refusal, run } = useAction()
  const submit = (event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { text, cloud } = read(event.currentTarget)
    void run(async () => {
      const connection = await api.call('POST /connections', {
        body: {
          name: text('name'),
          tenantId: text('tenantId'),
          clientId: text('clientId'),
          clientSecret: text('clientSecret'),
          cloud,
        },
      })
      go(`/admin/connections/${encodeURIComponent(connection.id)}`)
    })
  }
  const signIn = (event: JSX.TargetedMouseEvent<HTMLButtonElement>) => {
    const { form } = event.currentTarget
    if (form === null) return
    const { text, cloud } = read(form)
    void run(() => signInAtMicrosoft(text('name'), cloud))
  }
  return (
    <section class="narrow">
      <p class="crumb">
        <a href="/admin/connections">Connections</a>
      </p>
      <h1>Connect a tenant</h1>
      <p class="quiet">
        Lockstep checks the credential, the permissions and the domains first. It then observes only, until you let it
        apply changes.
      </p>
      <form onSubmit={submit}>
        {fields.map(([name, label, hint, type]) => (
          <div class="field" key={name}>
            <label for={name}>{label}</label>
            <input
              id={name}
              name={name}
              type={type}
              required
              autocomplete="off"
              spellcheck={false}
              aria-describedby={`${name}-hint`}
            />
            <p class="hint" id={`${name}-hint`}>
              {hint}
            </p>
          </div>
        ))}
        <div class="field">
          <label for="cloud">Cloud</label>
          <select id="cloud" name="cloud">
            {clouds.map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </select>
        </div>
        <details>
          <summary>Other endpoints</summary>
          <div class="field">
            <label for="graph">Graph</label>
            <input id="graph" name="graph" type="url" placeholder="https://localhost:4443" />
          </div>
          <div class="field">
            <label for="login">Sign-in</label>
            <input id="login" name="login" type="url" placeholder="https://localhost:4443" />
          </div>
        </details>
        <RefusalNotice refusal={refusal} />
        <button type="submit" class="primary" disabled={busy}>
          {busy ? 'Checking the tenant…' : 'Check and connect'}
        </button>
        <p class="hint">
          Or sign in at Microsoft as an administrator of the tenant: that needs a name and the cloud only. The
          connection then works with the rights of that administrator, and stops when the sign-in ends.
        </p>
        <button type="button" onClick={signIn} disabled={busy}>
          Sign in at Microsoft
        </button>
      </form>
    </section>
  )
}
