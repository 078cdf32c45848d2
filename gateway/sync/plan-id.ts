import { createHash } from 'node:crypto'
import type { GroupOperation } from '../domain/group.ts'
import type { Operation } from '../domain/operation.ts'

/** What is to be done to the group that follows one of ours. */
export type PlannedGroup = { groupId: string; operation: GroupOperation }

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

/** The same operation has the same key, whenever it is planned. */
export const operationKey = (operation: Operation): string =>
  digest(JSON.stringify([operation.kind, operation.userId, operation.accountId, operation.changes])).slice(0, 24)

export const groupOperationKey = ({ groupId, operation }: PlannedGroup): string =>
  digest(JSON.stringify([groupId, operation])).slice(0, 24)

/** The hash of a plan: of the set of its operations, whatever their order. */
export const planIdOf = (operations: readonly Operation[], groups: readonly PlannedGroup[] = []): string =>
  digest([...operations.map(operationKey), ...groups.map(groupOperationKey)].sort().join('\n')).slice(0, 32)
