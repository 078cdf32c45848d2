import { describe, expect, it } from 'vitest'
import { AccountDetail } from '../contract/connection.ts'
import { User } from '../contract/user.ts'
import { compare } from './differences.ts'

const at = '2026-11-23T10:00:00.000Z'
const user = User.parse({
  id: 'u',
  email: 'ana@contoso.example',
  displayName: 'Ana Lopez',
  givenName: 'Ana',
  familyName: null,
  alternateEmail: null,
  state: 'active',
  role: null,
  attributes: { department: 'Finance', city: '', manager: 'u2' },
  password: {
    state: 'set',
    set: true,
    version: 1,
    changedAt: at,
    expiresAt: null,
    expired: false,
    blocked: false,
    mustChange: false,
  },
  mfa: { totp: false, passkeys: 0 },
  bindings: [],
  createdAt: at,
  updatedAt: at,
})
const account = AccountDetail.parse({
  id: '1b2f3c4d-0000-4000-8000-123456789abc',
  userPrincipalName: 'Ana@contoso.example',
  accountEnabled: true,
  protection: null,
  attributes: { displayName: 'Ana Lopez', givenName: null, department: 'Sales', custom: 'x' },
  passwordChangedAt: null,
})

describe('directory and account, side by side', () => {
  const rows = new Map(compare(user, account).map((row) => [row.attribute, row]))

  it('different values differ, and so does one that only one side has', () => {
    expect(rows.get('department')).toMatchObject({ ours: 'Finance', theirs: 'Sales', isSame: false })
    expect(rows.get('givenName')).toMatchObject({ ours: 'Ana', theirs: null, isSame: false })
    expect(rows.get('custom')).toMatchObject({ label: 'custom', ours: null, theirs: 'x', isSame: false })
  })

  it('sign-in names are the same in any case of letters', () => {
    expect(rows.get('userPrincipalName')?.isSame).toBe(true)
  })

  it('what is empty on both sides, and what means nothing to a reader, is left out', () => {
    for (const name of ['familyName', 'city', 'manager', 'jobTitle']) expect(rows.has(name)).toBe(false)
  })
})
