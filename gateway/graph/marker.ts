import { z } from 'zod'
import type { Stamp } from '../domain/claim.ts'
import { markNickname } from '../domain/group.ts'
import { odata } from './odata.ts'
import { parsed, type Reader } from './reader.ts'
import { ReadRefused } from './transport.ts'

/** The group by which gateways see that a tenant is taken; without a stamp when somebody has changed its description. */
export type Marker = { groupId: string; stamp: Stamp | null }

const MarkerGroup = z.looseObject({ id: z.guid(), description: z.string().nullish() })
const stampIn = /^Instance ([\w-]{8,64}), generation (\d{1,15})\./

/**
 * All markers of the tenant, asked for by id where one is known, since a list may lag; null when we may not read groups.
 */
export async function readMarkers(reader: Reader, knownId: string | null): Promise<Marker[] | null> {
  try {
    const known = knownId === null ? null : await readOne(reader, knownId)
    if (known !== null) return [known]
    const url = `/groups?$filter=${odata`mailNickname eq ${markNickname}`}&$select=id,description`
    const markers: Marker[] = []
    for await (const item of reader.items(url)) markers.push(markerOf(item, url))
    return markers
  } catch (error) {
    if (error instanceof ReadRefused && error.failure.kind === 'forbidden') return null
    throw error
  }
}

async function readOne(reader: Reader, id: string): Promise<Marker | null> {
  const url = `/groups/${id}?$select=id,description`
  try {
    return markerOf(await reader.read(url), url)
  } catch (error) {
    if (error instanceof ReadRefused && error.failure.kind === 'gone') return null
    throw error
  }
}

function markerOf(item: unknown, url: string): Marker {
  const { id, description } = parsed(MarkerGroup, item, url)
  const [, instanceId, generation] = stampIn.exec(description ?? '') ?? []
  return { groupId: id, stamp: instanceId === undefined ? null : { instanceId, generation: Number(generation) } }
}

const description = ({ instanceId, generation }: Stamp) =>
  `Instance ${instanceId}, generation ${generation}. Lockstep looks after the passwords of this tenant. Delete this group only if that gateway is gone for good.`

/** A security group without members ("Create group", read 2026-11-23). */
export const newMarker = (stamp: Stamp) => ({
  displayName: 'Managed by Lockstep',
  description: description(stamp),
  mailNickname: markNickname,
  mailEnabled: false,
  securityEnabled: true,
})

export const changedMarker = (stamp: Stamp) => ({ description: description(stamp) })
