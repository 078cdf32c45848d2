import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Page } from 'puppeteer'
import { root } from './root.ts'

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const artifacts = join(root, 'test/artifacts')

type Finding = { id: string; nodes: { html: string }[] }

/**
 * Looks at a page as people see it, light, dark and at 320 px; pictures go to test/artifacts. Returns what is wrong: what
 * axe finds, and whether something is out of reach to the right.
 */
export async function look(page: Page, name: string): Promise<string[]> {
  const wrong: string[] = []
  const see = async (scheme: 'light' | 'dark', width: number) => {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    await page.setViewport({ width, height: 800 })
    const path = join(artifacts, `${name}-${scheme}-${width}.png`) as `${string}.png`
    await mkdir(dirname(path), { recursive: true })
    await page.screenshot({ path, fullPage: true })
  }
  await see('light', 320)
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  if (width > 320) wrong.push(`${name} is ${width} px wide at 320 px`)
  await see('light', 1280)
  wrong.push(...(await findings(page)))
  await see('dark', 1280)
  wrong.push(...(await findings(page, ['color-contrast'])))
  await page.emulateMediaFeatures([])
  return wrong
}

/** Evaluated rather than added to the page, which lets no foreign script in. */
async function findings(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(await readFile(axe, 'utf8'))
  const options = rules === undefined ? {} : { runOnly: rules }
  const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as { violations: Finding[] }
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}
