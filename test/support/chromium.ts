import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import puppeteer, { type Browser, type Page, type Target, type WebWorker } from 'puppeteer'
import { provideBrowser } from './browser.ts'
import { microsoftHosts } from './microsoft.ts'
import { root } from './root.ts'

/** A real Chromium with the built extension, to which Microsoft's names lead to the fake. */
export type Chromium = {
  browser: Browser
  extensionId: string
  worker: WebWorker
  /** A page of the extension in a tab of its own, such as `options.html`. */
  extensionPage(file: string): Promise<Page>
  /** The real popup, as the toolbar button opens it. */
  popup(): Promise<Page>
  /** The real side panel, opened by the gesture that `open` makes in a page of the extension. */
  sidePanel(open: () => Promise<void>): Promise<Page>
  /** Writes test/artifacts/{name}.png. */
  screenshot(page: Page, name: string): Promise<void>
  close(): Promise<void>
}

const extension = join(root, 'extension/.output/chrome-mv3')
const artifacts = join(root, 'test/artifacts')
const waitMs = 15_000

export async function openChromium(options: { microsoftPort: number; size?: [number, number] }): Promise<Chromium> {
  const userDataDir = await mkdtemp(join(tmpdir(), 'lockstep-chromium-'))
  const hosts = microsoftHosts.map((host) => `MAP ${host} 127.0.0.1:${options.microsoftPort}`)
  const [width, height] = options.size ?? [1280, 800]
  const browser = await puppeteer.launch({
    executablePath: provideBrowser(() => {}),
    headless: true,
    pipe: true,
    userDataDir,
    protocolTimeout: 30_000,
    enableExtensions: [extension],
    defaultViewport: null,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-component-update',
      '--disable-sync',
      '--lang=en-US',
      `--window-size=${width},${height}`,
      '--ignore-certificate-errors',
      `--host-resolver-rules=${hosts.join(', ')}`,
    ],
  })
  const target = await browser.waitForTarget(isWorker, { timeout: waitMs })
  const worker = await target.worker()
  if (worker === null) throw new Error('The extension has no service worker.')
  const extensionId = new URL(target.url()).host
  const pageOf = async (file: string) =>
    await (
      await browser.waitForTarget((each) => each.url().startsWith(`chrome-extension://${extensionId}/${file}`), {
        timeout: waitMs,
      })
    ).asPage()
  return {
    browser,
    extensionId,
    worker,
    async extensionPage(file) {
      const page = await browser.newPage()
      await page.goto(`chrome-extension://${extensionId}/${file}`)
      return page
    },
    async popup() {
      await worker.evaluate('chrome.action.openPopup()')
      return await pageOf('popup.html')
    },
    async sidePanel(open) {
      await open()
      return await pageOf('sidepanel.html')
    },
    async screenshot(page, name) {
      await mkdir(artifacts, { recursive: true })
      await page.screenshot({ path: join(artifacts, `${name}.png`) })
    },
    async close() {
      await browser.close()
      await rm(userDataDir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

const isWorker = (target: Target) =>
  target.type() === 'service_worker' && target.url().startsWith('chrome-extension://')
