import { writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { practiceDefaults, startPracticeTenant } from './start.ts'
import type { QuotaSize } from './state.ts'

/*
 * The practice tenant as a process of its own: Microsoft Graph v1.0 and the sign-in service for applications, over HTTPS.
 *
 *   pnpm tenant --port 8443 --control-port 8444 --users 25 --seed 1 --quota L --lag 0 --latency 0 --dir DIR
 *
 * It prints one line of JSON when it is ready, with the file of the certificate to trust (NODE_EXTRA_CA_CERTS). A seed
 * makes the same people each time. The password of person N, counted from 0 as in `GET /state` of the control port, is
 * Practice-SEED-N-Tenant! Beyond them there are an administrator, a guest and somebody synced from on-premises.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    'control-port': { type: 'string' },
    users: { type: 'string' },
    seed: { type: 'string' },
    quota: { type: 'string' },
    lag: { type: 'string' },
    latency: { type: 'string' },
    'tenant-id': { type: 'string' },
    'password-role': { type: 'string' },
    dir: { type: 'string' },
  },
})

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(2)
}

function number(name: 'port' | 'control-port' | 'users' | 'seed' | 'lag' | 'latency', usual: number): number {
  const text = values[name]
  if (text !== undefined && !/^\d+$/.test(text)) refuse(`--${name} takes a whole number, not ${text}.`)
  return text === undefined ? usual : Number(text)
}

const quotas: readonly string[] = ['S', 'M', 'L', 'off']
if (values.quota !== undefined && !quotas.includes(values.quota)) refuse(`--quota takes one of ${quotas.join(', ')}.`)
const role = values['password-role'] ?? 'yes'
if (role !== 'yes' && role !== 'no') refuse('--password-role takes yes or no.')

const tenant = await startPracticeTenant({
  port: number('port', practiceDefaults.port),
  controlPort: number('control-port', practiceDefaults.controlPort),
  users: number('users', practiceDefaults.users),
  seed: number('seed', practiceDefaults.seed),
  quota: (values.quota ?? practiceDefaults.quota) as QuotaSize,
  lagMs: number('lag', practiceDefaults.lagMs),
  latencyMs: number('latency', practiceDefaults.latencyMs),
  passwordRole: role === 'yes',
  tenantId: values['tenant-id'],
})
const ca = join(values.dir ?? (await mkdtemp(join(tmpdir(), 'practice-tenant-'))), 'ca.pem')
writeFileSync(ca, tenant.caPem)
const { graph, login, control, tenantId, clientId, clientSecret, domain } = tenant
process.stdout.write(`${JSON.stringify({ graph, login, control, ca, tenantId, clientId, clientSecret, domain })}\n`)
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void tenant.close().then(() => process.exit(0)))
