import { Readable } from 'node:stream'
import { beforeEach, expect, test, vi } from 'vitest'
import { runCommand } from './program.ts'
import type { Shell } from './shell.ts'

vi.mock('../main.ts', () => ({ startGateway: vi.fn() }))
vi.mock('./local.ts', () => ({
  localToken: async () => 'lks_local',
  createToken: async () => 'lks_new',
  createAdmin: vi.fn(),
}))

const contoso = { id: 'c1', name: 'Contoso', settings: { mode: 'observe' }, counts: {}, lastCycle: null }
const ana = { id: 'u1', email: 'ana@contoso.example', displayName: 'Ana', state: 'active', password: {}, bindings: [] }
const job = {
  id: 'j1',
  kind: 'bulk',
  state: 'done',
  total: 1,
  done: 1,
  failed: 0,
  startedAt: null,
  etaSeconds: null,
  detail: null,
}

type Answers = Record<string, { status?: number; body: unknown }>
let requests: { method: string; path: string; body: unknown; authorization: string | undefined }[]
beforeEach(() => {
  requests = []
})

async function lockstep(line: string, answers: Answers, more: Partial<Shell> = {}) {
  let out = ''
  let err = ''
  const code = await runCommand(line.split(' '), {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    stdin: Readable.from(['']),
    terminal: false,
    env: { LOCKSTEP_URL: 'http://localhost:1', LOCKSTEP_TOKEN: 'lks_given' },
    async fetch(url, init) {
      const path = url.replace('http://localhost:1/api/v1', '')
      const method = init.method ?? 'GET'
      const headers = new Headers(init.headers)
      requests.push({
        method,
        path,
        body:
          typeof init.body === 'string' && headers.get('content-type') === 'application/json'
            ? JSON.parse(init.body)
            : init.body,
        authorization: headers.get('authorization') ?? undefined,
      })
      const answer = answers[`${method} ${path.split('?')[0]}`]
      if (answer === undefined) throw new TypeError('fetch failed')
      return new Response(JSON.stringify(answer.body), { status: answer.status ?? 200 })
    },
    ending: new AbortController().signal,
    exitCode: 0,
    ...more,
  })
  return { code, out, err }
}

const list = (...items: unknown[]) => ({ body: { items, next: null } })

test('mails tell what became of them, and one with a link is sent again', async () => {
  const mail = { id: 'm1', createdAt: '2026-11-23T14:02:00Z', kind: 'activation', recipient: 'ana@home.example' }
  const items = [{ ...mail, state: 'bounced', reason: '550 no such mailbox' }]
  const listed = await lockstep('mails --state bounced', { 'GET /mails': list(...items) })
  expect(listed.out).toContain('550 no such mailbox')
  const sent = await lockstep('mails resend m1', {
    'POST /mails/m1/resend': { body: { recipient: 'ana@home.example' } },
  })
  expect(sent.out).toBe('A mail is on its way to ana@home.example.\n')
})

test('a list is a table, or JSON when asked for', async () => {
  const answers = { 'GET /users': list(ana) }
  const shown = await lockstep('users list', answers)
  expect(shown).toMatchObject({ code: 0, err: '' })
  expect(shown.out).toMatch(/^EMAIL +NAME .*\nana@contoso.example +Ana +active/)
  expect(JSON.parse((await lockstep('users list --json', answers)).out)).toEqual([ana])
  expect(requests[0]?.authorization).toBe('Bearer lks_given')
})

test.each([
  'bund ana',
  'users list --nope',
  'bind',
  'token create --name x --role boss',
  'connections create --name x --tenant t --client c',
  'import',
  'import --link a',
  'drift adopt',
  'drift repair ana --all',
  'undo',
  'undo --job a --cycle b',
  'groups add sales',
  'map test',
])('wrong usage ends with 2: %s', async (line) => {
  const { code, err, out } = await lockstep(line, {})
  expect([code, out]).toEqual([2, ''])
  expect(err).not.toBe('')
  expect(requests).toEqual([])
})

test('help is no failure', async () => {
  expect((await lockstep('--help', {})).code).toBe(0)
})

test('a refusal is said as a sentence and ends with 1', async () => {
  const { code, err } = await lockstep('users show u9', {
    'GET /users/u9': {
      status: 404,
      body: { title: 'No such user', detail: 'Look it up first.', code: 'user_not_found', status: 404 },
    },
  })
  expect([code, err]).toEqual([1, 'No such user: Look it up first.\n'])
})

test('where no gateway answers it is said where one was looked for', async () => {
  const { code, err } = await lockstep('users list', {})
  expect(code).toBe(1)
  expect(err).toContain('http://localhost:1')
})

test('binding names the people by their count, so that the brake knows that a person did it', async () => {
  const { code, out } = await lockstep('bind ana@contoso.example --no-mail', {
    'GET /connections': list(contoso),
    'GET /users': list(ana),
    'POST /connections/c1/bindings/bulk': { status: 202, body: { job: { ...job, state: 'running' } } },
    'GET /jobs/j1': { body: { ...job, results: [{ userId: 'u1', result: 'bound' }] } },
  })
  expect(code).toBe(0)
  expect(out).toMatch(/ana@contoso.example +bound/)
  const bulk = requests.find(({ method }) => method === 'POST')
  expect(bulk?.body).toEqual({ bind: ['u1'], attributes: 'fill_empty', notify: false, dryRun: false, confirm: 1 })
})

const preview = { people: 9, atSignIn: 7, onChange: 2, mails: 3 }
const takeover: Answers = {
  'GET /connections': list(contoso),
  'GET /groups': list({ id: 'g1', displayName: 'Shops', description: null }),
  'GET /connections/c1/password-takeover': { body: preview },
  'PATCH /connections/c1': { body: contoso },
}

test('taking passwords over at the sign-in is switched after saying what it means, or only said', async () => {
  const { out } = await lockstep('connections takeover --on --except Shops --dry-run', takeover)
  expect(out).toContain('Of 9 people, 7 bring their password by signing in, 2 by changing it.')
  expect(out.trimEnd().endsWith('Reminded by mail to sign in: 3.')).toBe(true)
  expect(requests.map(({ method }) => method)).not.toContain('PATCH')
  await lockstep('connections takeover --on --except Shops', takeover)
  const settings = { passwordTakeover: true, passwordTakeoverExcept: ['g1'] }
  expect(requests.find(({ method }) => method === 'PATCH')?.body).toEqual({ settings })
  expect((await lockstep('connections takeover', takeover)).code).toBe(2)
})

test.each([
  ['', undefined],
  [' --mail', true],
  [' --no-mail', false],
])('whether people are told by mail is up to the connection unless it is said: "%s"', async (option, notify) => {
  const detail = 'One person would be told by mail.'
  const { out } = await lockstep(`bind ana@contoso.example --dry-run${option}`, {
    'GET /connections': list(contoso),
    'GET /users': list(ana),
    'POST /connections/c1/bindings/bulk': { status: 202, body: { job: { ...job, detail } } },
  })
  const asked = requests.find(({ method }) => method === 'POST')?.body
  expect(asked).toEqual({ bind: ['u1'], attributes: 'fill_empty', dryRun: true, confirm: 1, ...(option && { notify }) })
  expect(out.trimEnd().endsWith(detail)).toBe(true)
})

test.each([
  [{ total: 2, done: 1, failed: 1 }, 3],
  [{ total: 2, done: 0, failed: 2 }, 1],
])('what is done in part ends with 3, what failed with 1: %j', async (counts, code) => {
  const ended = await lockstep('sync', {
    'GET /connections': list(contoso),
    'POST /connections/c1/sync': { status: 202, body: { job: { ...job, ...counts } } },
  })
  expect(ended.code).toBe(code)
})

test('decisions about accounts in conflict go along with an import, and it says how to take it back', async () => {
  const { code, out } = await lockstep('import a1 --bind --link a2=u1 --rename a3=eva@contoso.example --skip a4', {
    'GET /connections': list(contoso),
    'POST /connections/c1/imports': { status: 202, body: { job: { ...job, kind: 'import' } } },
  })
  expect(code).toBe(0)
  expect(out).toContain('lockstep import undo j1')
  expect(requests.find(({ method }) => method === 'POST')?.body).toMatchObject({
    accountIds: ['a1'],
    bind: true,
    resolutions: [
      { accountId: 'a2', action: 'link', userId: 'u1' },
      { accountId: 'a3', action: 'rename', email: 'eva@contoso.example' },
      { accountId: 'a4', action: 'skip' },
    ],
  })
})

test('an import is taken back by the id of its job', async () => {
  const undone = { ...job, kind: 'import_undo', results: [{ accountId: 'a1', userId: 'u1', result: 'removed' }] }
  const { code, out } = await lockstep('import undo j1', {
    'POST /imports/j1/undo': { status: 202, body: { job: undone } },
  })
  expect(code).toBe(0)
  expect(out).toMatch(/a1 +removed/)
})

test('people of a CSV file are told row by row', async () => {
  const results = [{ row: 2, email: 'eva@contso.example', result: 'created', reason: 'Did you mean …' }]
  const { code, out } = await lockstep(
    'users import - --dry-run',
    {
      'POST /users/import': { status: 202, body: { job: { ...job, results } } },
    },
    { stdin: Readable.from(['email\neva@contso.example\n']) },
  )
  expect(code).toBe(0)
  expect(out).toMatch(/eva@contso.example +created +Did you mean/)
})

test('with several connections one has to be named', async () => {
  const connections = list(contoso, { ...contoso, id: 'c2', name: 'Fabrikam' })
  const { code, err } = await lockstep('plan', { 'GET /connections': connections })
  expect(code).toBe(2)
  expect(err).toContain('--connection "Contoso" or "Fabrikam"')
})

test('a client secret is read from standard input and shown nowhere', async () => {
  const line = 'connections create --name Contoso --tenant t --client c --secret-stdin'
  const answers = { 'POST /connections': { status: 201, body: contoso } }
  const { code, out, err } = await lockstep(line, answers, { stdin: Readable.from(['hunter2\n']) })
  expect(code).toBe(0)
  expect(requests[0]?.body).toMatchObject({ clientSecret: 'hunter2', cloud: 'global' })
  expect(out + err).not.toContain('hunter2')
})

test('a token stands alone on standard output', async () => {
  expect(await lockstep('token create --name x --role admin --allow approve,override', {})).toEqual({
    code: 0,
    out: 'lks_new\n',
    err: '',
  })
})

test('a plan tells what happens to groups, too', async () => {
  const changes = [{ attribute: 'member', before: 'a1', after: null }]
  const leaves = { kind: 'group_remove_member', groupId: 'g1', remoteId: 'r1', changes }
  const { out } = await lockstep('plan', {
    'GET /connections': list(contoso),
    'GET /connections/c1/plan': { body: { id: 'p1', operations: [], groups: [leaves], brake: null } },
  })
  expect(out).toMatch(/group_remove_member +g1 +r1 +member: a1 → –/)
})

test('drift is a table; what is adopted of whom is told one by one, and a failure of some ends with 3', async () => {
  const row = { userId: 'u1', displayName: 'Ana', attribute: 'city', ours: null, theirs: 'Graz', seenAt: 'now' }
  const answers = {
    'GET /connections': list(contoso),
    'GET /connections/c1/drift': list(row),
    'GET /users': list(ana),
    'POST /connections/c1/bindings/u1/drift': { body: { drift: [row] } },
  }
  expect((await lockstep('drift list --attribute city', answers)).out).toMatch(/Ana +city +– +Graz/)
  expect(requests.at(-1)?.path).toContain('attribute=city')
  const { code, out } = await lockstep(
    'drift adopt ana@contoso.example eva@contoso.example --attribute jobTitle',
    answers,
  )
  expect(code).toBe(3)
  expect(out).toMatch(/ana@contoso.example +adopted +Still differs: city.*\neva@contoso.example +failed/)
  expect(requests.find(({ method }) => method === 'POST')?.body).toEqual({ action: 'adopt', attributes: ['jobTitle'] })
})

test('drift of everybody is resolved by a job', async () => {
  const results = [{ userId: 'u1', result: 'repair' }]
  const { code, out } = await lockstep('drift repair --all --attribute city', {
    'GET /connections': list(contoso),
    'POST /connections/c1/drift': { status: 202, body: { job: { ...job, kind: 'drift', results } } },
  })
  expect(code).toBe(0)
  expect(out).toContain('1 of 1 done')
  expect(requests.at(-1)?.body).toEqual({ action: 'repair', attribute: 'city' })
})

test('undoing shows the plan first, and approves it by its id', async () => {
  const operation = { kind: 'update', userId: 'u1', accountId: 'a1', reason: 'undone', changes: [] }
  const skipped = [{ userId: 'u2', accountId: 'a2', attribute: 'city', reason: 'Somebody has changed this.' }]
  const answers = {
    'GET /connections': list(contoso),
    'GET /users': list(ana),
    'GET /connections/c1/undo': { body: { id: 'p1', operations: [operation], brake: null, skipped, ends: [] } },
    'POST /connections/c1/undo': { status: 202, body: { job: { ...job, kind: 'undo' } } },
  }
  const shown = await lockstep('undo --user ana@contoso.example --dry-run', answers)
  expect(shown.out).toMatch(/update +u1[\s\S]*city +Somebody has changed this[\s\S]*--approve p1/)
  expect(requests.some(({ method }) => method === 'POST')).toBe(false)
  expect((await lockstep('undo --user ana@contoso.example --approve p1', answers)).code).toBe(0)
  expect(requests.at(-1)?.body).toEqual({ user: 'u1', plan: 'p1' })
})

test('what can be undone is listed with how', async () => {
  const run = { kind: 'job', id: 'j1', job: 'bulk', at: 'now', accounts: 6 }
  const answers = { 'GET /connections': list(contoso), 'GET /connections/c1/undoable': list(run) }
  expect((await lockstep('undo list --connection Contoso', answers)).out).toMatch(/bulk +now +6 +--job j1/)
  expect(JSON.parse((await lockstep('undo list --json', answers)).out)).toEqual([run])
})

const sales = { id: 'g1', displayName: 'Sales', description: null, members: 1 }

test('a group is named by its name, and bound to one of the tenant', async () => {
  const bound = { groupId: 'g1', displayName: 'Sales', state: 'pending', accountId: 'r1', error: null }
  const answers = {
    'GET /connections': list(contoso),
    'GET /groups': list(sales),
    'GET /groups/g1': { body: sales },
    'GET /users': list(ana),
    'PUT /groups/g1/members/u1': { body: sales },
    'PUT /connections/c1/groups/g1': { status: 201, body: bound },
  }
  expect((await lockstep('groups add sales ana@contoso.example', answers)).out).toMatch(/Sales +1/)
  expect((await lockstep('groups bind sales --to r1', answers)).out).toMatch(/Sales +pending +r1/)
  expect(requests.at(-1)?.body).toEqual({ accountId: 'r1' })
  const twice = await lockstep('groups members sales', { 'GET /groups': list(sales, { ...sales, id: 'g2' }) })
  expect(twice).toMatchObject({ code: 2, err: '2 groups are called "sales". Give the id.\n' })
})

test('groups of the tenant that cannot be bound say why', async () => {
  const remote = { id: 'r2', displayName: 'News', kind: 'distribution', members: 3, refusal: 'Graph cannot write it.' }
  const { out } = await lockstep('groups remote', {
    'GET /connections': list(contoso),
    'GET /connections/c1/remote-groups': list(remote),
  })
  expect(out).toMatch(/News +distribution +3 +– +r2 +Graph cannot write it/)
})

test('a mapping is tried on a person, and ends with 3 when a value cannot be made', async () => {
  const made = { attribute: 'city', mode: 'push', from: '{city}', value: 'Graz', error: null }
  const answers = (items: unknown[]) => ({
    'GET /connections': list(contoso),
    'GET /users': list(ana),
    'GET /connections/c1/mapping/test': { body: { items } },
  })
  const good = await lockstep('map test ana@contoso.example', answers([made]))
  expect(good).toMatchObject({ code: 0, out: expect.stringMatching(/city +push +\{city\} +Graz/) })
  expect((await lockstep('map test u1@contoso.example', { ...answers([made]), 'GET /users': list() })).code).toBe(1)
  const bad = await lockstep('map test ana@contoso.example', answers([{ ...made, value: null, error: 'Too long.' }]))
  expect(bad.code).toBe(3)
})

test('conflicts are listed with everybody they may be, and linked by email', async () => {
  const conflict = { id: 'a1', userPrincipalName: 'kim@contoso.example', status: 'conflict', candidates: [ana] }
  const answers = {
    'GET /connections': list(contoso),
    'GET /connections/c1/accounts': list(conflict),
    'GET /users': list(ana),
    'POST /connections/c1/imports': { status: 202, body: { job: { ...job, kind: 'import' } } },
  }
  const listed = await lockstep('import list --status conflict', answers)
  expect(listed.out).toMatch(/conflict +ana@contoso.example/)
  expect(JSON.parse((await lockstep('import list --json --connection Contoso', answers)).out)).toEqual([conflict])
  await lockstep('import --link a1=ana@contoso.example', answers)
  expect(requests.at(-1)?.body).toMatchObject({ resolutions: [{ accountId: 'a1', action: 'link', userId: 'u1' }] })
})
