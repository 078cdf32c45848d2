import fc from 'fast-check'
import type { Opening } from './world.ts'

/** What happens in a history. Numbers choose among what is there at that time. */
export type Step =
  | { do: 'nothing' }
  // An admin of ours.
  | { do: 'create_user'; n: number; password: boolean }
  | { do: 'edit_user'; who: number; field: 'displayName' | 'jobTitle' | 'city'; n: number }
  | { do: 'clear_attribute'; who: number; field: 'jobTitle' | 'city' }
  | { do: 'change_email'; who: number; n: number }
  | { do: 'activate' | 'suspend' | 'resume'; who: number }
  | { do: 'delete_user'; who: number; accounts: 'keep' | 'disable' }
  | {
      do: 'bind'
      who: number
      attributes: 'fill_empty' | 'ours_win'
      enable: boolean
      override: boolean
      account: number | null
    }
  | { do: 'unbind'; who: number; account: 'block' | 'keep' }
  | { do: 'bulk'; from: number; count: number; what: 'bind' | 'unbind'; named: boolean }
  | { do: 'import'; from: number; count: number; bind: boolean }
  | { do: 'licence_group'; who: number; n: number; isIn: boolean }
  | { do: 'set_password'; who: number; banned: boolean }
  | { do: 'sync_one'; who: number }
  | { do: 'pause' | 'resume_connection' | 'approve' | 'sync' }
  | { do: 'mode'; mode: 'observe' | 'apply' }
  | { do: 'drift_policy'; policy: 'notify' | 'enforce' }
  // A person.
  | { do: 'sign_in'; who: number; right: boolean }
  | { do: 'change_password'; who: number; banned: boolean }
  // Somebody in the tenant's own admin center.
  | { do: 'outside_presence'; account: number; enabled: boolean }
  | { do: 'outside_delete' | 'outside_restore' | 'outside_purge'; account: number }
  | { do: 'outside_rename' | 'outside_edit' | 'outside_password' | 'outside_role'; account: number; n: number }
  | { do: 'outside_create' | 'outside_group'; n: number }
  | { do: 'outside_licence'; account: number; n: number }
  | { do: 'outside_seats'; n: number }
  // Time.
  | { do: 'wait'; seconds: number }
  | { do: 'days'; days: number }
  | { do: 'tidy' }
  // What goes wrong.
  | {
      do: 'fault'
      fault: 'drop_before' | 'drop_after' | '429' | '503' | 'applied_503' | '401'
      method: string
      times: number
    }
  | { do: 'forget_deltas' }
  | { do: 'lag'; seconds: number }
  | { do: 'kill'; after: number }

const who = fc.nat(7)
const n = fc.nat(9)
const record = <T extends Step>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(shape) as fc.Arbitrary<T>
const is = <T extends string>(...values: T[]) => fc.constantFrom(...values)

const weighted: [number, fc.Arbitrary<Step>][] = [
  [3, record({ do: is('create_user'), n, password: fc.boolean() })],
  [3, record({ do: is('edit_user'), who, field: is('displayName', 'jobTitle', 'city'), n })],
  [1, record({ do: is('clear_attribute'), who, field: is('jobTitle', 'city') })],
  [1, record({ do: is('change_email'), who, n })],
  [4, record({ do: is('activate', 'suspend', 'resume'), who })],
  [1, record({ do: is('delete_user'), who, accounts: is('keep', 'disable') })],
  [
    6,
    record({
      do: is('bind'),
      who,
      attributes: is('fill_empty', 'ours_win'),
      enable: fc.boolean(),
      override: fc.boolean(),
      account: fc.oneof(fc.constant(null), fc.constant(null), fc.nat(9)),
    }),
  ],
  [3, record({ do: is('unbind'), who, account: is('block', 'keep') })],
  [
    2,
    record({
      do: is('bulk'),
      from: who,
      count: fc.integer({ min: 1, max: 5 }),
      what: is('bind', 'unbind'),
      named: fc.boolean(),
    }),
  ],
  [1, record({ do: is('import'), from: n, count: fc.integer({ min: 1, max: 4 }), bind: fc.boolean() })],
  [4, record({ do: is('licence_group'), who, n, isIn: fc.boolean() })],
  [4, record({ do: is('set_password'), who, banned: fc.nat(5).map((one) => one === 0) })],
  [2, record({ do: is('sync_one'), who })],
  [3, record({ do: is('pause', 'resume_connection', 'approve', 'approve', 'resume_connection', 'sync') })],
  [1, record({ do: is('mode'), mode: is('observe', 'apply', 'apply') })],
  [1, record({ do: is('drift_policy'), policy: is('notify', 'enforce') })],
  [4, record({ do: is('sign_in'), who, right: fc.nat(5).map((one) => one > 0) })],
  [3, record({ do: is('change_password'), who, banned: fc.nat(5).map((one) => one === 0) })],
  [3, record({ do: is('outside_presence'), account: n, enabled: fc.boolean() })],
  [3, record({ do: is('outside_delete', 'outside_restore', 'outside_purge'), account: n })],
  [3, record({ do: is('outside_rename', 'outside_edit', 'outside_password', 'outside_role'), account: n, n })],
  [1, record({ do: is('outside_create', 'outside_group'), n })],
  [2, record({ do: is('outside_licence'), account: n, n })],
  [1, record({ do: is('outside_seats'), n })],
  [6, record({ do: is('wait'), seconds: fc.integer({ min: 1, max: 300 }) })],
  [1, record({ do: is('days'), days: fc.constantFrom(1, 1, 7) })],
  [1, record({ do: is('tidy') })],
  [
    4,
    record({
      do: is('fault'),
      fault: is('drop_before', 'drop_after', 'drop_after', '429', '503', 'applied_503', '401'),
      method: is('GET', 'POST', 'PATCH', 'PATCH'),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  ],
  [1, record({ do: is('forget_deltas') })],
  [1, record({ do: is('lag'), seconds: fc.constantFrom(0, 5, 60) })],
  [3, record({ do: is('kill'), after: fc.nat(60) })],
]

const step = fc.oneof(
  { withCrossShrink: true },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'nothing' }) },
  ...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })),
)

const opening: fc.Arbitrary<Opening> = fc.record({
  seed: fc.noShrink(fc.nat(1_000_000)),
  people: fc.integer({ min: 2, max: 5 }),
  mode: fc.constantFrom('apply', 'apply', 'apply', 'observe'),
  brake: fc.constantFrom('wide', 'tight'),
  imported: fc.boolean(),
})

export type History = { opening: Opening; steps: Step[] }

/** Fewer than this many steps are not a history; what is not needed for a failure becomes `nothing`. */
const stepsAtLeast = 30

export const history: fc.Arbitrary<History> = fc.record({
  opening,
  steps: fc.array(step, { minLength: stepsAtLeast, maxLength: stepsAtLeast + 6, size: 'max' }),
})
