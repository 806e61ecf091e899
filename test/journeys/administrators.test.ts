// Story (C12): a user is made basic administrator by a link, chooses a password, signs in, and holds what the
// role holds and no more; the step is done because that person can sign in.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { type Acme, startAcme } from './lib/acme.ts'
import { chromiumMissing, openBrowser, openTab, settled, type Tab } from './lib/browser.ts'
import { lookAt } from './lib/look.ts'

const skip = chromiumMissing()
const STORY_MS = 400_000
const PASSWORD = 'a horse that reads letters'

let acme: Acme
let browser: Browser
let tab: Tab

before(
  async () => {
    if (skip) return
    acme = await startAcme()
    browser = await openBrowser()
    tab = await openTab(browser)
  },
  { timeout: 240_000 },
)

after(async () => {
  await browser?.close()
  await acme?.stop()
})

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto(new URL('/sign-in', acme.gateway.url).href)
  await page.getByLabel('Work address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
}

test('a user becomes basic administrator, and the step is done when she can sign in', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page, hands } = tab
  await signIn(page, 'ada@acme.example', 'correct horse battery')
  await page.goto(new URL('/t/acme-ltd/connect/basic-administrators', acme.gateway.url).href)
  await settled(page)
  await hands.fill(page.getByRole('combobox', { name: 'User' }), 'ann')
  await hands.click(page.getByRole('option', { name: /^Ann Archer/ }))
  await hands.click(page.getByRole('button', { name: 'Make basic administrator' }))
  const note = page.getByRole('status').filter({ hasText: 'accepts by this link' })
  const link = await note.locator('pre').innerText()
  assert.match(link, /\/invitation#/)
  await page.getByText('1 person to sign in').first().waitFor({ state: 'attached' })
  assert.deepEqual(await lookAt(page, 'c12-invited'), [])

  const hers = await openTab(browser)
  await hers.page.goto(link)
  await hers.page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await hers.page.locator('button[type=submit]').click()
  await hers.page.getByText('You can sign in now').waitFor()
  await signIn(hers.page, 'ann@acme.example', PASSWORD)
  const items = hers.page.getByRole('navigation').first()
  await items.getByRole('link', { name: 'Policies' }).waitFor()
  const exported = await hers.page.request.get(new URL(`${acme.base}/messages-export`, acme.gateway.url).href)
  assert.equal(exported.status(), 403, 'export is a protected permission')
  await hers.close()

  await page.reload()
  await settled(page)
  await page.getByText(', can sign in').waitFor()
  const { steps } = await acme.api.call<{
    steps: readonly { name: string; state: string; detail: string }[]
  }>('GET', `${acme.base}/connect`)
  const step = steps.find(({ name }) => name === 'basic-administrators')
  assert.deepEqual([step?.state, step?.detail], ['done', 'Ann Archer can sign in'])
  assert.deepEqual(await lookAt(page, 'c12-done'), [])
})
