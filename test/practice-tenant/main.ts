import { writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { practiceDefaults, startPracticeTenant } from './start.ts'
import type { QuotaSize } from './state.ts'

/*
 * The practice tenant as a process of its own:
 *   pnpm tenant --port 8443 --users 25 --seed 1 --quota L --lag 0
 * Prints one line of JSON when it is ready. The password of the n-th person is Practice-SEED-N-Tenant!
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

const number = (text: string | undefined, fallback: number) => (text === undefined ? fallback : Number(text))
const quotas: readonly string[] = ['S', 'M', 'L', 'off']
if (values.quota !== undefined && !quotas.includes(values.quota)) {
  process.stderr.write(`--quota takes one of ${quotas.join(', ')}\n`)
  process.exit(2)
}

const tenant = await startPracticeTenant({
  port: number(values.port, practiceDefaults.port),
  controlPort: number(values['control-port'], practiceDefaults.controlPort),
  users: number(values.users, practiceDefaults.users),
  seed: number(values.seed, practiceDefaults.seed),
  quota: (values.quota ?? practiceDefaults.quota) as QuotaSize,
  lagMs: number(values.lag, practiceDefaults.lagMs),
  latencyMs: number(values.latency, practiceDefaults.latencyMs),
  passwordRole: values['password-role'] !== 'no',
  tenantId: values['tenant-id'],
})
const ca = join(values.dir ?? (await mkdtemp(join(tmpdir(), 'practice-tenant-'))), 'ca.pem')
writeFileSync(ca, tenant.caPem)
const { graph, login, control, tenantId, clientId, clientSecret, domain } = tenant
process.stdout.write(`${JSON.stringify({ graph, login, control, ca, tenantId, clientId, clientSecret, domain })}\n`)
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void tenant.close().then(() => process.exit(0)))
