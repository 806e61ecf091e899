// The console of a fresh organisation: Connect by keyboard alone, search and keys, languages, and no dead end
// on any page: links lead somewhere, buttons act, what is disabled says why.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { setUp } from './lib/api.ts'
import { chromiumMissing, drawn, openBrowser, openTab, settled, type Tab, WAIT_MS } from './lib/browser.ts'
import { type Gateway, startGateway } from './lib/gateway.ts'
import { countButtons, deadThings, focusedName, forget, leaveField, pressButton } from './lib/in-page.mjs'

const skip = chromiumMissing()
const OVERVIEW = 'Put Acme Ltd behind Gatepost'
/** Tabs from the top of a page to anything on it. */
const TABS_MAX = 80
/** How long a button has to show that it acts. */
const ACT_MS = 8_000

let gateway: Gateway
let browser: Browser
let tab: Tab
let page: Page

before(
  async () => {
    if (skip) return
    gateway = await startGateway({ env: {} })
    await setUp(gateway)
    browser = await openBrowser()
    // What is asked of a fresh organisation may be refused with words; the page says them.
    tab = await openTab(browser, { faultsExpected: /(GET \/v1\/me: 401|: 4(00|04|09|22|29)$)/ })
    page = tab.page
    await page.goto(new URL('/sign-in', gateway.url).href)
    await page.getByLabel('Work address').fill('ada@acme.example')
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: OVERVIEW }).waitFor()
  },
  { timeout: 240_000 },
)

after(async () => {
  await browser?.close()
  await gateway?.stop()
})

/** What has the focus, as its name is read out. */
const focused = () => page.evaluate(focusedName)

/** Presses Tab until the named thing has the focus. */
async function tabTo(name: RegExp): Promise<void> {
  const seen: string[] = []
  for (let presses = 0; presses < TABS_MAX; presses += 1) {
    await page.keyboard.press('Tab')
    const now = await focused()
    if (name.test(now)) return
    seen.push(now)
  }
  assert.fail(`Tab never came to ${name}; it came to ${seen.join(' · ')}`)
}

test('Connect from the overview to a saved step, by Tab and Enter alone', {
  skip,
  timeout: 240_000,
}, async () => {
  await page.keyboard.press('Tab')
  assert.equal(await focused(), 'Skip to content')
  await tabTo(/^Name your organisation/)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Name your organisation' }).waitFor()
  // The form loads behind the page's frame; whoever tabs before it is there comes past it a round later.
  await page.getByLabel('Organisation name').waitFor()
  await settled(page)
  await tabTo(/^Organisation name/)
  await page.keyboard.press('End')
  await page.keyboard.type('s')
  await tabTo(/^Save organisation$/)
  await page.keyboard.press('Enter')
  await page
    .getByText(/[Ll]ive on 1 of 1 node/)
    .first()
    .waitFor()
  await tabTo(/^Organisation name|^Acme Lt/)
  assert.deepEqual(tab.takeFaults(), [])
})

test('search by former names, keys, and how to switch them off', { skip, timeout: 240_000 }, async () => {
  await page.goto(new URL('/t/acme-ltd/messages', gateway.url).href)
  await settled(page)
  await page.keyboard.press('Control+k')
  await page.getByRole('textbox', { name: 'Search', exact: true }).fill('authorized outbounds')
  await page.getByText('Also called “Gateway, Authorized outbounds”').first().waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Outbound' }).waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('u')
  await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor()
  await settled(page)
  await page.keyboard.press('/')
  assert.equal(await focused(), 'Search users')
  await page.evaluate(leaveField)
  await page.keyboard.press('?')
  const keys = page.getByRole('dialog', { name: 'Keys' })
  await keys.getByRole('switch', { name: 'Single keys' }).press('Space')
  await page.keyboard.press('Escape')
  await keys.waitFor({ state: 'hidden' })
  await page.keyboard.press('?')
  assert.equal(await keys.count(), 0, 'single keys are off')
  await page.keyboard.press('Control+k')
  await page.getByRole('textbox', { name: 'Search', exact: true }).fill('ada')
  await page.keyboard.press('Escape')
  await page.evaluate(forget, 'gatepost-single-keys')
  assert.deepEqual(tab.takeFaults(), [])
})

test('what is not saved is not lost by a click, and Settings and the person stay in sight', {
  skip,
  timeout: 240_000,
}, async () => {
  await page.goto(new URL('/t/acme-ltd/audit', gateway.url).href)
  await settled(page)
  const main = page.getByRole('navigation', { name: 'Main' })
  // The window is lower than the list of pages: the current one is scrolled into sight.
  await page.setViewportSize({ width: 1360, height: 600 })
  await page.reload()
  await settled(page)
  for (const name of [/^Audit log$/, /^Settings$/]) {
    const box = await main.getByRole('link', { name }).boundingBox()
    assert.ok(box !== null && box.y > 0 && box.y + box.height <= 600, `${name} is in sight`)
  }
  await page.setViewportSize({ width: 1360, height: 900 })
  await main.getByRole('link', { name: 'Settings' }).click()
  await page.getByLabel('Contact name').fill('Nora Nyberg')
  await main.getByRole('link', { name: 'Messages', exact: true }).click()
  const question = page.getByRole('dialog', { name: 'What you changed here is not saved' })
  await question.getByRole('button', { name: 'Stay here' }).click()
  await question.waitFor({ state: 'hidden' })
  assert.equal(await page.getByLabel('Contact name').inputValue(), 'Nora Nyberg')
  await main.getByRole('link', { name: 'Messages', exact: true }).click()
  await question.getByRole('button', { name: 'Leave without saving' }).click()
  await page.getByRole('heading', { level: 1, name: 'Messages' }).waitFor()
  await formAndFilterByKeyboard(question)
  assert.deepEqual(tab.takeFaults(), [])
})

/** The form of a policy asks as well, and where a dialog or a filter was, the focus goes on. */
async function formAndFilterByKeyboard(question: Locator): Promise<void> {
  const messages = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Messages$/ })
  await page.getByRole('button', { name: 'From', exact: true }).press('Enter')
  await page.getByRole('textbox', { name: 'From' }).fill('far.example')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Clear from' }).and(page.locator(':focus')).waitFor()
  await goInside('/t/acme-ltd/policies/new?type=blocked-senders')
  await page.getByRole('textbox', { name: 'Name' }).fill('Deals')
  await messages.press('Enter')
  await question.waitFor()
  await page.keyboard.press('Escape')
  await messages.and(page.locator(':focus')).waitFor()
  assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Deals')
  await messages.press('Enter')
  await question.getByRole('button', { name: 'Leave without saving' }).click()
  await page.getByRole('heading', { level: 1, name: 'Messages' }).waitFor()
}

test('a gateway that does not answer is said on the page, and so is nothing once it does', {
  skip,
  timeout: 240_000,
}, async () => {
  await page.goto(new URL('/t/acme-ltd/dashboard', gateway.url).href)
  await settled(page)
  const strip = page.getByText('The console does not reach the gateway.')
  await page.route('**/v1/**', (route) => route.abort())
  await strip.waitFor({ timeout: 60_000 })
  await page.unroute('**/v1/**')
  await page.getByRole('button', { name: 'Try now' }).click()
  await strip.waitFor({ state: 'hidden', timeout: 60_000 })
  await page.getByRole('heading', { name: 'Messages and outcomes' }).waitFor()
  // Only the requests that were cut off failed.
  assert.deepEqual(
    tab.takeFaults().filter((fault) => !fault.includes('net::ERR_FAILED')),
    [],
  )
})

test('another language, chosen and kept, and by the browser before sign-in', {
  skip,
  timeout: 240_000,
}, async () => {
  await page.goto(new URL('/t/acme-ltd/dashboard', gateway.url).href)
  await page.getByRole('button', { name: /Ada Admin/ }).click()
  await page.getByRole('menuitemradio', { name: 'Deutsch' }).click()
  await page.getByRole('link', { name: 'Nachrichten', exact: true }).waitFor()
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Übersicht' }).waitFor()
  assert.equal(await page.locator('html').getAttribute('lang'), 'de')
  await page.evaluate(forget, 'gatepost-language')
  const context = await browser.newContext({ locale: 'fr-FR' })
  const french = await context.newPage()
  await french.goto(new URL('/sign-in', gateway.url).href)
  await french.locator('html[lang="fr"]').waitFor({ state: 'attached', timeout: WAIT_MS })
  await context.close()
  assert.deepEqual(tab.takeFaults(), [])
})

test('no page of a fresh organisation is a dead end', { skip, timeout: 300_000 }, async (t) => {
  await page.goto(new URL('/t/acme-ltd/messages', gateway.url).href)
  await settled(page)
  const menu = await hrefsOf('nav[aria-label="Main"] a')
  await page.goto(new URL('/t/acme-ltd/connect', gateway.url).href)
  await settled(page)
  const steps = await hrefsOf('nav[aria-label="Steps"] a')
  const pages = [...new Set([...menu, ...steps])]
  assert.ok(pages.length > 35, `${pages.length} pages`)
  const complaints: string[] = []
  const links = new Set<string>()
  let buttons = 0
  for (const path of pages) {
    await goInside(path)
    complaints.push(...(await page.evaluate(deadThings)).map((what) => `${path}: ${what}`))
    for (const href of await hrefsOf('#main a')) links.add(href)
    const { pressed, silent } = await pressAll(path)
    buttons += pressed
    complaints.push(...silent.map((name) => `${path}: the button “${name}” does nothing`))
  }
  // Filters and parts of a page that was visited are that page.
  const others = new Set([...links].map((href) => href.replace(/[?#].*/, '')))
  for (const href of others) {
    if (pages.some((path) => path.replace(/[?#].*/, '') === href) || !href.startsWith('/t/')) continue
    await goInside(href)
    if ((await page.getByRole('heading', { level: 1, name: 'No such page' }).count()) > 0) {
      complaints.push(`${href} is no page`)
    }
  }
  t.diagnostic(`${pages.length} pages, ${links.size} links, ${buttons} buttons`)
  assert.deepEqual(complaints, [])
})

const hrefsOf = (selector: string): Promise<readonly string[]> =>
  page.locator(selector).evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''))

/** To another page as a link would, without loading the console anew. */
async function goInside(path: string): Promise<void> {
  // Resolves when the page is there: its program may have to load, and the page before it stays till then.
  await page.evaluate(`__TSR_ROUTER__.navigate({ href: ${JSON.stringify(path)} }).then(() => undefined)`)
  await drawn(page)
  await page.locator('#main h1').first().waitFor()
  await settled(page)
}

/** Presses every button of the page; those after which nothing at all happens are silent. */
async function pressAll(
  path: string,
): Promise<{ readonly pressed: number; readonly silent: readonly string[] }> {
  const silent: string[] = []
  const count = await page.evaluate(countButtons)
  let pressed = 0
  for (let at = 0; at < count; at += 1) {
    const { name, acts } = await page.evaluate(pressButton, { at, patience: ACT_MS })
    if (name === null) break
    pressed += 1
    // What was copied a moment ago says so, and has nothing else to say.
    if (!acts && name !== 'Copied') silent.push(name)
    await page.keyboard.press('Escape')
    if (new URL(page.url()).pathname !== path) await goInside(path)
  }
  return { pressed, silent }
}
