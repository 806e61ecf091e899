// A real Chromium for stories: opens pages, notes all that goes wrong in them, and counts what a person does.
import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { eventually } from './api.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
/** Generous: the machine may be busy with other stories. */
export const WAIT_MS = 40_000

/** What stands on a page while data is on its way. */
const PENDING = /^(Loading|Checking the set-up link|Reading the DNS)/

const SCREENSHOTS = fileURLToPath(new URL('../../../screenshots/', import.meta.url))

export type Tab = {
  readonly page: Page
  readonly hands: Hands
  /** Console errors, failed requests and exceptions since the last call. */
  takeFaults(): readonly string[]
  close(): Promise<void>
}

/** What a person did: the measure of how much a page asks. */
export type Hands = {
  click(target: Locator): Promise<void>
  fill(target: Locator, text: string): Promise<void>
  select(target: Locator, label: string): Promise<void>
  /** One gesture that is neither: a file chosen or dropped. */
  counted<Value>(act: () => Promise<Value>): Promise<Value>
  clicks(): number
  fields(): number
}

/** The reason to skip when there is no Chromium; false when there is one. */
export function chromiumMissing(): string | false {
  return existsSync(CHROMIUM) ? false : 'component missing: Chromium'
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGS })
}

/** A fresh window of 1360 × 900 with its own cookies. */
export async function openTab(
  browser: Browser,
  options: { readonly faultsExpected?: RegExp } = {},
): Promise<Tab> {
  const context = await browser.newContext({
    colorScheme: 'light',
    reducedMotion: 'reduce',
    viewport: { width: 1360, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  context.setDefaultTimeout(WAIT_MS)
  const page = await context.newPage()
  const faults = watch(context, options.faultsExpected)
  return {
    page,
    hands: createHands(),
    takeFaults: () => faults.splice(0),
    close: () => context.close(),
  }
}

/** Where a picture of this name goes; git ignores the folder. */
export function screenshotPath(name: string): string {
  mkdirSync(SCREENSHOTS, { recursive: true })
  return `${SCREENSHOTS}${name}.png`
}

/** Waits until a page is drawn: its main part is there, nothing waits for data, fonts are loaded. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main').first().waitFor()
  const pending = page.locator(':is([role="status"], output)').filter({ hasText: PENDING })
  // Not page.waitForFunction, which evaluates text inside the page: our content policy forbids that.
  await eventually(
    () => pending.count(),
    (count) => count === 0,
    WAIT_MS,
  )
  await page.evaluate('document.fonts.ready.then(() => undefined)')
}

/** Waits until the page has drawn what it knows now. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
}

function watch(context: BrowserContext, expected: RegExp | undefined): string[] {
  const faults: string[] = []
  const note = (text: string): void => {
    if (!expected?.test(text)) faults.push(text)
  }
  context.on('weberror', (error) => note(`exception: ${error.error().stack ?? error.error().message}`))
  context.on('console', (line) => {
    // The response with its status is noted below, with the address that this line leaves out.
    if (line.type() === 'error' && !/^Failed to load resource/.test(line.text()))
      note(`console: ${line.text()}`)
  })
  context.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? 'failed'
    // A page that is left gives up its requests.
    if (why !== 'net::ERR_ABORTED') note(`${request.method()} ${request.url()}: ${why}`)
  })
  context.on('response', (response) => {
    if (response.status() >= 400) {
      note(`${response.request().method()} ${new URL(response.url()).pathname}: ${response.status()}`)
    }
  })
  return faults
}

function createHands(): Hands {
  let clicks = 0
  let fields = 0
  return {
    async click(target) {
      clicks += 1
      await target.click()
    },
    async fill(target, text) {
      fields += 1
      await target.fill(text)
    },
    async select(target, label) {
      fields += 1
      await target.selectOption({ label })
    },
    counted(act) {
      clicks += 1
      return act()
    },
    clicks: () => clicks,
    fields: () => fields,
  }
}
