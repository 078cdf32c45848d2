import { expect, test } from 'vitest'
import { type Standing, type Step, stepOf, type UserAct } from './user-flow.ts'

const nobody: Standing = { state: 'none', password: 'none', bound: false }
const staged: Standing = { state: 'staged', password: 'none', bound: true }
const active: Standing = { state: 'active', password: 'none', bound: true }
const suspended: Standing = { state: 'suspended', password: 'set', bound: true }
const create = (more: Partial<Extract<UserAct, { act: 'create' }>>): UserAct => ({
  act: 'create',
  state: 'staged',
  password: 'none',
  mail: true,
  ...more,
})
const set = (standing: Standing): Standing => ({ ...standing, password: 'set' })

const rows: [string, Standing, UserAct, Partial<Step>][] = [
  [
    'S28 staged without a password: created',
    nobody,
    create({}),
    { event: 'user_create', mail: null, password: 'none' },
  ],
  ['S28 activated, with the mail', staged, { act: 'activate', mail: true }, { state: 'active', mail: 'activation' }],
  ['S28 activated, without the mail', staged, { act: 'activate', mail: false }, { state: 'active', mail: null }],
  ['S28 the mail sent later', active, { act: 'send_link', purpose: 'activation' }, { mail: 'activation' }],
  [
    'S28 the link shown at the desk',
    active,
    { act: 'show_link', purpose: 'activation' },
    { mail: null, links: 'live' },
  ],
  ['S28 registers by the link', active, { act: 'set_by_link' }, { mail: null, password: 'send', links: 'die' }],
  ['S29 staged with a password: created', nobody, create({ password: 'set' }), { mail: null, password: 'keep' }],
  ['S29 activated', set(staged), { act: 'activate', mail: true }, { mail: 'welcome', password: 'send_kept' }],
  ['S29 signs in', set(active), { act: 'sign_in' }, { event: 'login_success', password: 'send_missing', mail: null }],
  ['S30, S31 staged: a password stays here', staged, { act: 'set_password' }, { state: 'staged', password: 'keep' }],
  ['S32 created active with a password', nobody, create({ state: 'active', password: 'set' }), { mail: 'welcome' }],
  ['S32 without the mail', nobody, create({ state: 'active', password: 'set', mail: false }), { mail: null }],
  ['S33 created active without one', nobody, create({ state: 'active' }), { mail: 'activation', password: 'none' }],
  ['S33 an admin sets the first one', active, { act: 'set_password' }, { password: 'send', mail: null }],
  ['S33 before there is an account', { ...active, bound: false }, { act: 'set_password' }, { password: 'keep' }],
  ['an admin sets another one', set(active), { act: 'set_password' }, { mail: 'password_changed', sessions: 'end' }],
  ['changed by the person', set(active), { act: 'change_password' }, { password: 'send', mail: 'password_changed' }],
  ['reset by link', set(active), { act: 'set_by_link' }, { mail: 'password_changed', sessions: 'end', links: 'die' }],
  ['suspended', set(active), { act: 'suspend' }, { password: 'stop', sessions: 'end', links: 'die', mail: null }],
  ['a password set while suspended', suspended, { act: 'set_password' }, { password: 'keep', mail: null }],
  ['resumed', suspended, { act: 'resume' }, { state: 'active', password: 'send_kept', mail: null }],
  ['deleted', suspended, { act: 'delete' }, { state: 'deleted', password: 'stop', sessions: 'end' }],
]
test.each(rows)('%s', (_, before, act, expected) => {
  expect(stepOf(before, act)).toMatchObject(expected)
})

test.each<[string, Standing, UserAct]>([
  ['create somebody who is there', active, create({})],
  ['activate the active', active, { act: 'activate', mail: true }],
  ['activate nobody', nobody, { act: 'activate', mail: true }],
  ['suspend the staged', staged, { act: 'suspend' }],
  ['resume the active', active, { act: 'resume' }],
  ['sign in while staged', set(staged), { act: 'sign_in' }],
  ['sign in while suspended', suspended, { act: 'sign_in' }],
  ['sign in without a password', active, { act: 'sign_in' }],
  ['set by link while suspended', suspended, { act: 'set_by_link' }],
  ['invite whoever has a password', set(active), { act: 'send_link', purpose: 'activation' }],
  ['show one to the staged', staged, { act: 'show_link', purpose: 'activation' }],
  ['show an invitation to whoever has a password', set(active), { act: 'show_link', purpose: 'activation' }],
  ['send a link to the staged', staged, { act: 'send_link', purpose: 'reset' }],
])('does not fit: %s', (_, before, act) => {
  expect(stepOf(before, act)).toBeNull()
})

test('no password leaves for somebody who may not sign in, and none of the acts makes a suspended person active but resuming', () => {
  const acts: UserAct[] = [
    { act: 'activate', mail: true },
    { act: 'set_password' },
    { act: 'change_password' },
    { act: 'set_by_link' },
    { act: 'sign_in' },
    { act: 'suspend' },
    { act: 'delete' },
    { act: 'send_link', purpose: 'reset' },
  ]
  for (const state of ['staged', 'suspended'] as const) {
    for (const password of ['none', 'set'] as const) {
      for (const act of acts) {
        const step = stepOf({ state, password, bound: true }, act)
        expect(step?.password).not.toBe('send')
        expect(step?.password).not.toBe('send_missing')
        if (state === 'suspended') expect(step?.state).not.toBe('active')
      }
    }
  }
})
