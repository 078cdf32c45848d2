import type { Page } from 'puppeteer'

export type Stop = { name: string; isSeen: boolean; top: number; left: number }

/** Where Tab leads from the first element of the page to the last, and whether people see where they are. */
export async function tabStops(page: Page): Promise<Stop[]> {
  await page.evaluate(() => {
    const start = document.createElement('span')
    start.tabIndex = -1
    document.body.prepend(start)
    start.focus()
  })
  const stops: Stop[] = []
  for (;;) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(() => {
      const at = document.activeElement
      if (!at || at === document.body) return null
      const { outlineStyle, outlineWidth } = getComputedStyle(at)
      const { top, left } = at.getBoundingClientRect()
      const name = at.getAttribute('name') ?? at.textContent?.trim() ?? ''
      return { name, isSeen: outlineStyle === 'solid' && Number.parseFloat(outlineWidth) >= 2, top, left }
    })
    if (stop === null || stops.length > 30) return stops
    stops.push(stop)
  }
}
