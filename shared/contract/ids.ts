import { z } from 'zod'

/** Ids of ours are opaque strings; AccountId is the object id (a GUID) of a user in the tenant. */
export const UserId = z.string().min(1).max(64).brand<'UserId'>()
export type UserId = z.infer<typeof UserId>

export const ConnectionId = z.string().min(1).max(64).brand<'ConnectionId'>()
export type ConnectionId = z.infer<typeof ConnectionId>

export const AccountId = z.guid().brand<'AccountId'>()
export type AccountId = z.infer<typeof AccountId>

export const GroupId = z.string().min(1).max(64).brand<'GroupId'>()
export type GroupId = z.infer<typeof GroupId>

export const EventId = z.string().min(1).max(64).brand<'EventId'>()
export type EventId = z.infer<typeof EventId>

export const JobId = z.string().min(1).max(64).brand<'JobId'>()
export type JobId = z.infer<typeof JobId>

/** UTC, ISO-8601, with milliseconds. */
export const Time = z.iso.datetime({ precision: 3 })
