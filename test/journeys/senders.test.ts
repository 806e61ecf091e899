// Senders in a real browser: a list is dropped, looked at, imported, found, taken back; edges learn of it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { type Acme, live, startAcme } from './lib/acme.ts'
import { chromiumMissing, openBrowser, openTab, settled, type Tab } from './lib/browser.ts'
import { lookAt } from './lib/look.ts'

const skip = chromiumMissing()
const STORY_MS = 400_000

let acme: Acme
let browser: Browser
let tab: Tab

before(
  async () => {
    if (skip) return
    browser = await openBrowser()
    tab = await openTab(browser, { faultsExpected: /GET \/v1\/me: 401$/ })
    acme = await startAcme()
    await signIn(tab.page)
  },
  { timeout: STORY_MS },
)

after(async () => {
  await browser?.close()
  await acme?.stop()
})

const GOOD = [
  'ann@acme.example, orders@oldmill.example, PERMIT',
  'ann@acme.example, nordmetall.example, PERMIT',
  'bob@acme.example, eve@spam.example, BLOCK',
  'carol@acme.example, orders@oldmill.example, PERMIT',
].join('\r\n')

test('a list with wrong rows imports nothing and says what to mend', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await page.goto(new URL('/t/acme-ltd/senders', acme.gateway.url).href)
  await settled(page)
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.getByLabel('CSV file with senders').setInputFiles({
    name: 'contacts.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
      `${GOOD}\r\nann@acme.example, boss@acme.example, PERMIT\r\nann@acme.example, , PERMIT`,
    ),
  })
  await page.getByText('Nothing imported yet: 2 rows need attention').waitFor()
  const errors = page.getByRole('list', { name: 'Rows that need attention' })
  assert.match(await errors.innerText(), /Line 5.+boss@acme\.example.+one of your own/)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download rows to mend' }).click()
  assert.equal((await download).suggestedFilename(), 'to-mend-contacts.csv')
  assert.equal(await page.getByRole('button', { name: /^Import \d/ }).count(), 0)
  assert.deepEqual([...(await lookAt(page, 'senders-errors')), ...tab.takeFaults()], [])
  await page.getByRole('button', { name: 'Choose another file' }).click()
})

test('a dropped list is imported, found by search, and taken back', { skip, timeout: STORY_MS }, async () => {
  const { page } = tab
  await drop(page, { name: 'contacts.csv', text: GOOD })
  await page.getByText('Preview of contacts.csv: 4 rows, nothing imported yet').waitFor()
  await page.getByText('1 row is for addresses that no user has yet').waitFor()
  await page.getByRole('button', { name: 'Import 4 entries' }).click()
  await page.getByText('4 entries added for 3 users').waitFor()
  const rows = page.getByRole('table', { name: 'Permitted and blocked senders' }).locator('tbody tr')
  await rows.nth(3).waitFor()
  assert.equal(await rows.count(), 4)
  assert.match(
    await rows.nth(0).innerText(),
    /nordmetall\.example[\s\S]*Permitted[\s\S]*Domain, if authenticated/,
  )
  assert.match(await rows.nth(3).innerText(), /carol@acme\.example[\s\S]*Waiting for the user/)
  await live(acme.api, acme.base)
  assert.deepEqual([...(await lookAt(page, 'senders')), ...tab.takeFaults()], [])

  await page.getByLabel('Search senders').fill('oldmill')
  await page.waitForURL(/search=oldmill/)
  await rows.nth(2).waitFor({ state: 'detached' })
  assert.equal(await rows.count(), 2)
  await page.getByLabel('Search senders').fill('')
  await rows.nth(3).waitFor()

  await page.goto(new URL('/t/acme-ltd/connect/import-permitted-senders', acme.gateway.url).href)
  await settled(page)
  await page.getByText('4 entries of 3 users; 1 address without a user yet.').first().waitFor()
  assert.deepEqual([...(await lookAt(page, 'step-senders')), ...tab.takeFaults()], [])
  await page.getByRole('button', { name: 'Undo import' }).click()
  await page.getByText('The import of contacts.csv is taken back').waitFor()
  const { items } = await acme.api.call<{ items: readonly unknown[] }>('GET', `${acme.base}/senders`)
  assert.deepEqual(items, [])
})

test('a sender is added by form, edited and removed', { skip, timeout: STORY_MS }, async () => {
  const { page } = tab
  await page.goto(new URL('/t/acme-ltd/senders', acme.gateway.url).href)
  await settled(page)
  await page.getByText('Nobody permits or blocks anybody yet').waitFor()
  await page.getByRole('button', { name: 'Add senders' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('For').fill('ann@acme.example')
  await dialog.getByLabel('Senders').fill('news.example bob@partner.example')
  await dialog.getByLabel('Comment').fill('asked for by Ann')
  assert.deepEqual([...(await lookAt(page, 'senders-add')), ...tab.takeFaults()], [])
  await dialog.getByRole('button', { name: 'Permit senders' }).click()
  const rows = page.getByRole('table', { name: 'Permitted and blocked senders' }).locator('tbody tr')
  await rows.nth(1).waitFor()
  await page.getByRole('button', { name: 'Actions for news.example of ann@acme.example' }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  await dialog.getByText('Block', { exact: true }).click()
  await dialog.getByRole('button', { name: 'Save entry' }).click()
  await rows.filter({ hasText: 'Blocked' }).waitFor()
  await page.getByRole('button', { name: 'Actions for news.example of ann@acme.example' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await rows.nth(1).waitFor({ state: 'detached' })
  assert.match(await rows.nth(0).innerText(), /bob@partner\.example/)
  assert.deepEqual(tab.takeFaults(), [])
})

/** Lets go of a file above the drop area, as a person does with the mouse. */
async function drop(
  page: Page,
  { name, text }: { readonly name: string; readonly text: string },
): Promise<void> {
  const area = page.getByText('Drop a CSV file here, or press to choose one')
  await area.waitFor()
  const dataTransfer = await page.evaluateHandle(
    `(() => {
      const carried = new DataTransfer()
      carried.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}, { type: 'text/csv' }))
      return carried
    })()`,
  )
  for (const type of ['dragenter', 'dragover', 'drop']) await area.dispatchEvent(type, { dataTransfer })
}

async function signIn(page: Page): Promise<void> {
  await page.goto(new URL('/sign-in', acme.gateway.url).href)
  await page.getByLabel('Work address').fill('ada@acme.example')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
}
