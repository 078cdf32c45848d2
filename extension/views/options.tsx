import { useState } from 'preact/hooks'
import { options as catalogue } from '../messages/en/options.ts'
import { sayFrom } from '../messages/say.ts'
import { checkGatewayUrl, type Resolved, resolveSettings, type SettingKey } from '../redirect/settings.ts'

const say = sayFrom(catalogue)
type MessageKey = keyof typeof catalogue

/** What the person may enter, as it stands in the form. */
type Draft = {
  gatewayUrl: string
  organisation: string
  redirect: boolean
  clouds: readonly string[]
  domains: string
  allowPass: boolean
  supportContact: string
  rulesKey: string
}

export type TestResult = 'none' | 'unreachable' | 'not_lockstep' | { name: string; version: string }

export type OptionsProps = {
  resolved: Resolved
  version: string
  onSave(own: Record<string, unknown>): Promise<void>
  onTest(gatewayUrl: string): Promise<TestResult>
}

const clouds = ['global', 'usgov', 'china'] as const

/** Every setting; those of the organisation are shown, locked. */
export function Options({ resolved, version, onSave, onTest }: OptionsProps) {
  const [draft, setDraft] = useState(() => draftOf(resolved))
  const [saved, setSaved] = useState<'no' | 'yes' | 'refused'>('no')
  const shown = withLocked(draft, resolved)
  const problems = saved === 'refused' ? problemsOf(shown) : resolved.problems
  const set = (changes: Partial<Draft>) => {
    setDraft({ ...draft, ...changes })
    if (saved === 'yes') setSaved('no')
  }
  const field = (key: SettingKey) => ({
    name: key,
    isLocked: resolved.locked.includes(key),
    problem: problems.find((problem) => problem.key === key)?.message ?? null,
  })
  const save = async (event: Event) => {
    event.preventDefault()
    if (problemsOf(shown).length > 0) return setSaved('refused')
    await onSave(ownOf(draft, resolved.locked))
    setSaved('yes')
  }
  return (
    <main class="reading options">
      <header class="brand">
        <img src="/icon/32.png" width="24" height="24" alt="" />
        <h1>{say('options.title')}</h1>
      </header>
      {resolved.locked.length > 0 && <p class="ls-notice ls-note">{say('options.managed')}</p>}
      <form onSubmit={save} noValidate>
        <Text
          {...field('gatewayUrl')}
          value={shown.gatewayUrl}
          onValue={(gatewayUrl) => set({ gatewayUrl })}
          type="url"
        />
        <Text {...field('organisation')} value={shown.organisation} onValue={(organisation) => set({ organisation })} />
        <Check {...field('redirect')} value={shown.redirect} onValue={(redirect) => set({ redirect })} />
        <Clouds {...field('clouds')} value={shown.clouds} onValue={(value) => set({ clouds: value })} />
        <Text {...field('domains')} value={shown.domains} onValue={(domains) => set({ domains })} rows={3} />
        <Text
          {...field('supportContact')}
          value={shown.supportContact}
          onValue={(supportContact) => set({ supportContact })}
        />
        <Check {...field('allowPass')} value={shown.allowPass} onValue={(allowPass) => set({ allowPass })} />
        <Text {...field('rulesKey')} value={shown.rulesKey} onValue={(rulesKey) => set({ rulesKey })} />
        <div class="ls-actions">
          <button type="submit" class="ls-button ls-primary" data-action="save">
            {say('options.save')}
          </button>
          <span role="status">
            {saved === 'yes' ? say('options.saved') : saved === 'refused' ? say('options.notSaved') : ''}
          </span>
        </div>
      </form>
      <ConnectionTest gatewayUrl={shown.gatewayUrl} onTest={onTest} />
      <Sees />
      <p class="ls-quiet">{say('options.version', { version })}</p>
    </main>
  )
}

type FieldProps<T> = {
  name: SettingKey
  isLocked: boolean
  problem: string | null
  value: T
  onValue(value: T): void
}

function Frame(props: { of: Omit<FieldProps<unknown>, 'onValue' | 'value'>; children: preact.ComponentChildren }) {
  const { name, isLocked, problem } = props.of
  return (
    <div class="field" data-key={name} data-locked={isLocked ? '' : undefined}>
      {props.children}
      {isLocked && (
        <span class="lock">
          <svg width="12" height="12" viewBox="0 0 16 16" aria-hidden="true">
            <path d="M4 7V5a4 4 0 018 0v2h1v8H3V7zm2 0h4V5a2 2 0 00-4 0z" fill="currentColor" />
          </svg>
          {say('options.locked')}
        </span>
      )}
      {problem !== null && (
        <span class="problem" id={`${name}-problem`}>
          {problem}
        </span>
      )}
    </div>
  )
}

const hintOf = (name: SettingKey): string | null =>
  name === 'clouds' ? null : say(`options.${name}.hint` as MessageKey)

function Text({ rows, type, ...field }: FieldProps<string> & { rows?: number; type?: 'url' }) {
  const { name, isLocked, problem, value, onValue } = field
  const common = {
    id: name,
    value,
    disabled: isLocked,
    spellcheck: false,
    autocomplete: 'off' as const,
    'aria-invalid': problem !== null,
    'aria-describedby': `${name}-hint ${problem === null ? '' : `${name}-problem`}`.trim(),
  }
  return (
    <Frame of={field}>
      <label for={name}>{say(`options.${name}` as MessageKey)}</label>
      <span class="ls-quiet hint" id={`${name}-hint`}>
        {hintOf(name)}
      </span>
      {rows === undefined ? (
        <input {...common} type={type ?? 'text'} onInput={(event) => onValue(event.currentTarget.value)} />
      ) : (
        <textarea {...common} rows={rows} onInput={(event) => onValue(event.currentTarget.value)} />
      )}
    </Frame>
  )
}

function Check(field: FieldProps<boolean>) {
  const { name, isLocked, value, onValue } = field
  return (
    <Frame of={field}>
      <label class="check">
        <input
          type="checkbox"
          checked={value}
          disabled={isLocked}
          aria-describedby={`${name}-hint`}
          onChange={(event) => onValue(event.currentTarget.checked)}
        />
        {say(`options.${name}` as MessageKey)}
      </label>
      <span class="ls-quiet hint" id={`${name}-hint`}>
        {hintOf(name)}
      </span>
    </Frame>
  )
}

function Clouds(field: FieldProps<readonly string[]>) {
  const { isLocked, value, onValue } = field
  return (
    <Frame of={field}>
      <fieldset class="ls-choice">
        <legend>{say('options.clouds')}</legend>
        {clouds.map((cloud) => (
          <label key={cloud}>
            <input
              type="checkbox"
              checked={value.includes(cloud)}
              disabled={isLocked}
              onChange={(event) =>
                onValue(event.currentTarget.checked ? [...value, cloud] : value.filter((other) => other !== cloud))
              }
            />
            {say(`options.clouds.${cloud}`)}
          </label>
        ))}
      </fieldset>
    </Frame>
  )
}

function ConnectionTest({ gatewayUrl, onTest }: { gatewayUrl: string; onTest: OptionsProps['onTest'] }) {
  const [result, setResult] = useState<TestResult | 'asking' | null>(null)
  const test = async () => {
    const checked = checkGatewayUrl(gatewayUrl)
    if (!checked.ok) return setResult('none')
    setResult('asking')
    setResult(await onTest(checked.origin))
  }
  return (
    <section>
      <h2>{say('options.connection')}</h2>
      <div class="ls-actions">
        <button type="button" class="ls-button" data-action="test" disabled={result === 'asking'} onClick={test}>
          {say('options.test')}
        </button>
        <span role="status" class={typeof result === 'object' ? 'good' : 'bad'}>
          {textOf(result)}
        </span>
      </div>
    </section>
  )
}

function textOf(result: TestResult | 'asking' | null): string {
  if (result === null) return ''
  if (typeof result === 'object') return say('options.test.ok', result)
  const keys = {
    asking: 'options.testing',
    none: 'options.test.none',
    unreachable: 'options.test.unreachable',
    not_lockstep: 'options.test.notLockstep',
  } as const
  return say(keys[result])
}

function Sees() {
  return (
    <section>
      <h2>{say('options.sees')}</h2>
      <ul>
        {(['pages', 'forced', 'admin', 'sends', 'keeps'] as const).map((item) => (
          <li key={item}>{say(`options.sees.${item}`)}</li>
        ))}
      </ul>
    </section>
  )
}

function draftOf({ settings }: Resolved): Draft {
  return {
    gatewayUrl: settings.gatewayUrl ?? '',
    organisation: settings.organisation ?? '',
    redirect: settings.redirect,
    clouds: settings.clouds,
    domains: settings.domains.join('\n'),
    allowPass: settings.allowPass,
    supportContact: settings.supportContact ?? '',
    rulesKey: settings.rulesKey ?? '',
  }
}

/** Policy may change while the page is open: what is locked is always shown as it acts. */
function withLocked(draft: Draft, resolved: Resolved): Draft {
  const acting = draftOf(resolved)
  return Object.fromEntries(
    Object.entries(draft).map(([key, value]) => [
      key,
      resolved.locked.some((locked) => locked === key) ? acting[key as keyof Draft] : value,
    ]),
  ) as Draft
}

function ownOf(draft: Draft, locked: readonly SettingKey[]): Record<string, unknown> {
  const own: Record<string, unknown> = {
    ...draft,
    gatewayUrl: draft.gatewayUrl.trim(),
    domains: draft.domains.split(/[\s,;]+/).filter((domain) => domain !== ''),
  }
  for (const key of locked) delete own[key]
  return own
}

const problemsOf = (draft: Draft) => resolveSettings(ownOf(draft, []), {}, null).problems
