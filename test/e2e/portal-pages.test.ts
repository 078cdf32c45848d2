import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { look } from '../support/look.ts'
import { type Stage, startStage, type Visit } from '../support/portal-stage.ts'
import { root } from '../support/root.ts'
import { deviceRows } from './portal/device-rows.ts'
import { homeRows } from './portal/home-rows.ts'
import { type Stop, tabStops } from './portal/keyboard.ts'
import { linkRows } from './portal/link-rows.ts'
import { passwordRows } from './portal/password-rows.ts'
import { problemRows } from './portal/problem-rows.ts'
import { securityRows } from './portal/security-rows.ts'
import { signInRows } from './portal/sign-in-rows.ts'

const artifacts = join(root, 'test/artifacts/portal')
/** All that a page loads before somebody types, in bytes. What common passwords are known by comes after that. */
const weightLimit = 30_000

let stage: Stage
let scripted: Visit
let plain: Visit

beforeAll(async () => {
  await mkdir(artifacts, { recursive: true })
  stage = await startStage()
  scripted = await stage.openPage({ scripts: true, language: 'en' })
  plain = await stage.openPage({ scripts: false, language: 'de' })
}, 60_000)
afterAll(() => stage?.close())

const heading = ({ page }: Visit) => page.$eval('h1', (title) => (title.textContent ?? '').replace(/\s+/g, ' '))

/** Page, styles, scripts and pictures as they went over the wire. */
const weight = ({ page }: Visit) =>
  page.evaluate(() =>
    [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
      .filter(({ name }) => !name.endsWith('/assets/strength.js'))
      .map((entry) => (entry as PerformanceResourceTiming).encodedBodySize)
      .reduce((sum, size) => sum + size, 0),
  )

/** A language of which nobody has thought: each word is longer by almost a half. Runs in the page. */
function lengthen(): void {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const longer = (word: string) => word + 'ŵöřð'.repeat(Math.ceil(word.length * 0.1))
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode())
    text.nodeValue = (text.nodeValue ?? '').replace(/\p{L}{3,}/gu, longer)
}

const rows = [...signInRows, ...homeRows, ...passwordRows, ...linkRows, ...securityRows, ...deviceRows, ...problemRows]

describe.each(rows)('$name', ({ name, heading: title, reach, scriptsAlone }) => {
  test('is right to look at, by eyes, by tools, and on a slow line', async () => {
    await scripted.begin()
    await stage.forgiveGuesses()
    await reach(scripted, stage)
    expect(await heading(scripted)).toContain(title)
    expect(await look(scripted.page, `portal/${name}`)).toEqual([])
    expect(await weight(scripted)).toBeLessThan(weightLimit)
  })

  test.skipIf(scriptsAlone)('is the same without scripts, in German, on a small telephone', async () => {
    await plain.begin()
    await stage.forgiveGuesses()
    await reach(plain, stage)
    const { page } = plain
    await page.setViewport({ width: 320, height: 640 })
    expect(await page.$eval('html', (html) => html.lang)).toBe('de')
    await page.screenshot({ path: join(artifacts, `${name}-plain-de.png`), fullPage: true })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
    await page.evaluate(lengthen)
    await page.screenshot({ path: join(artifacts, `${name}-plain-pseudo.png`), fullPage: true })
    expect(await page.evaluate(() => document.documentElement.scrollWidth), 'in a longer language').toBe(320)
  })
})

const forms = ['sign-in-sent-here', 'code', 'forgot', 'password', 'reset', 'activation', 'device', 'device-ask']

test.each(forms)('%s has its form above the fold of a telephone', async (name) => {
  await plain.begin()
  await plain.page.setViewport({ width: 360, height: 640 })
  await rows.find((row) => row.name === name)?.reach(plain, stage)
  const ends = await plain.page.$eval('main form .primary', (button) => button.getBoundingClientRect().bottom)
  expect(ends).toBeLessThanOrEqual(640)
})

const frame = ['Contoso', 'English', 'Deutsch', 'Français', 'Español', '日本語']
/** By row: what Tab reaches between the name of the organisation and the languages. */
const stops: Readonly<Record<string, readonly string[]>> = {
  'sign-in-wrong': ['email', 'password', 'Show', 'Sign in', 'Sign in with a passkey', 'Forgot your password?'],
  code: ['code', 'Continue', 'Sign in as somebody else'],
  forgot: ['email', 'Send me a link', 'Back to sign-in'],
  'password-weak': ['Sign out', 'currentPassword', 'Show', 'newPassword', 'Show', 'Change password'],
  reset: ['email', 'newPassword', 'Show', 'Set the new password'],
  'device-ask': ['Sign out', 'answer', 'answer'],
  'app-add': ['Sign out', 'I cannot scan it', 'code', 'name', 'Turn it on', 'Back without adding'],
}

test.each(Object.entries(stops))(
  'by the keyboard, %s leads from top to bottom, and it is seen where',
  async (name, own) => {
    const row = rows.find((each) => each.name === name)
    await scripted.begin()
    await stage.forgiveGuesses()
    await row?.reach(scripted, stage)
    const found = await tabStops(scripted.page)
    const [first = '', ...languages] = frame
    expect(found.map((stop) => stop.name)).toEqual([first, ...own, ...languages])
    expect(found.filter(({ isSeen }) => !isSeen)).toEqual([])
    const isBefore = (one: Stop, other: Stop) => one.top < other.top || one.left < other.left
    expect(found.filter((stop, at) => at > 0 && !isBefore(found[at - 1] ?? stop, stop))).toEqual([])
  },
)
