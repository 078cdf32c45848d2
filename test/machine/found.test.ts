import { afterAll, beforeAll, it } from 'vitest'
import { playHistory } from './history.ts'
import type { Step } from './steps.ts'
import { type Opening, openStage, type Stage } from './world.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(async () => await stage.close())

const imported: Opening = { seed: 0, people: 2, mode: 'apply', brake: 'wide', imported: true }

/** Histories that broke a promise once, as small as they could be made. */
const found: Record<string, { opening: Opening; steps: Step[] }> = {
  'a pause outlives the trouble of a cycle that was under way': {
    opening: imported,
    steps: [
      { do: 'fault', fault: '503', method: 'GET', times: 3 },
      { do: 'edit_user', who: 0, field: 'city', n: 1 },
      { do: 'wait', seconds: 1 },
      { do: 'fault', fault: '401', method: 'GET', times: 1 },
      { do: 'pause' },
      { do: 'wait', seconds: 60 },
    ],
  },
  'a cycle during which the connection may write for the first time fails nobody': {
    opening: { ...imported, mode: 'observe' },
    steps: [
      { do: 'fault', fault: '503', method: 'GET', times: 3 },
      { do: 'edit_user', who: 0, field: 'city', n: 1 },
      { do: 'wait', seconds: 1 },
      { do: 'mode', mode: 'apply' },
      { do: 'wait', seconds: 60 },
    ],
  },
  'two who ask the brake at once are not both told that there is room': {
    opening: { ...imported, seed: 591926, brake: 'tight' },
    steps: [
      { do: 'create_user', n: 4, password: false },
      { do: 'bind', who: 5, attributes: 'ours_win', enable: true, override: true, account: null },
      { do: 'suspend', who: 2 },
      { do: 'unbind', who: 1, account: 'block' },
    ],
  },
  'who is bound again while the account is being blocked stays bound': {
    opening: { ...imported, seed: 77492 },
    steps: [
      { do: 'create_user', n: 1, password: false },
      { do: 'fault', fault: 'applied_503', method: 'POST', times: 3 },
      { do: 'unbind', who: 4, account: 'block' },
      { do: 'bind', who: 4, attributes: 'fill_empty', enable: false, override: false, account: null },
      { do: 'wait', seconds: 60 },
    ],
  },
  'a password set while nobody may have it does not count as arrived': {
    opening: imported,
    steps: [
      { do: 'suspend', who: 0 },
      { do: 'set_password', who: 0, banned: false },
      { do: 'resume', who: 0 },
    ],
  },
  'a typed count does not open the brake for what comes after': {
    opening: { seed: 17, people: 3, mode: 'apply', brake: 'tight', imported: true },
    steps: [
      { do: 'delete_user', who: 7, accounts: 'disable' },
      { do: 'create_user', n: 1, password: true },
      { do: 'create_user', n: 7, password: true },
      { do: 'bulk', from: 5, count: 5, what: 'bind', named: true },
      { do: 'bulk', from: 0, count: 5, what: 'unbind', named: false },
    ],
  },
  'drift that is known already is repaired once drift is to be repaired': {
    opening: imported,
    steps: [
      { do: 'outside_edit', account: 0, n: 1 },
      { do: 'wait', seconds: 282 },
      { do: 'drift_policy', policy: 'enforce' },
    ],
  },
  'a deleted account that was protected does not come back by itself': {
    opening: { ...imported, seed: 999985, imported: false },
    steps: [
      { do: 'outside_delete', account: 9 },
      { do: 'create_user', n: 9, password: false },
      { do: 'drift_policy', policy: 'notify' },
      { do: 'wait', seconds: 1 },
      { do: 'bind', who: 0, attributes: 'fill_empty', enable: false, override: false, account: null },
    ],
  },
  'a connection that observes is not marked by a cycle that began before': {
    opening: { ...imported, seed: 939716 },
    steps: [
      { do: 'sync_one', who: 0 },
      { do: 'mode', mode: 'observe' },
      { do: 'activate', who: 0 },
      { do: 'days', days: 1 },
      { do: 'set_password', who: 0, banned: true },
      { do: 'sync_one', who: 0 },
    ],
  },
  'an enable whose answer was lost does not outlive a suspension': {
    opening: { seed: 139569, people: 4, mode: 'apply', brake: 'wide', imported: false },
    steps: [
      { do: 'create_user', n: 3, password: false },
      { do: 'import', from: 0, count: 1, bind: false },
      { do: 'bind', who: 0, attributes: 'fill_empty', enable: false, override: false, account: null },
      { do: 'delete_user', who: 3, accounts: 'keep' },
      { do: 'unbind', who: 0, account: 'block' },
      { do: 'fault', fault: 'drop_after', method: 'PATCH', times: 1 },
      { do: 'bind', who: 0, attributes: 'fill_empty', enable: false, override: false, account: null },
      { do: 'suspend', who: 0 },
    ],
  },
  'a connection that observes writes nothing on demand': {
    opening: { ...imported, mode: 'observe' },
    steps: [
      { do: 'edit_user', who: 0, field: 'city', n: 1 },
      { do: 'sync_one', who: 0 },
    ],
  },
}

it.each(Object.entries(found))('%s', async (_, history) => await playHistory(stage, history))
