import { createHash } from 'node:crypto'
import type { Operation } from '../domain/operation.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

/** The same operation has the same key, whenever it is planned. */
export const operationKey = (operation: Operation): string =>
  digest(JSON.stringify([operation.kind, operation.userId, operation.accountId, operation.changes])).slice(0, 24)

/** The hash of a plan: of the set of its operations, whatever their order. */
export const planIdOf = (operations: readonly Operation[]): string =>
  digest(operations.map(operationKey).sort().join('\n')).slice(0, 32)
