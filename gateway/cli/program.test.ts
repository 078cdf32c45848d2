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
