// Browser stories of an operator: an acceptance report that prints, a step handed to a colleague, an
// organisation added by template, an address announced, and an organisation that starts to leave and stays.
import assert from 'node:assert/strict'
import { stat, writeFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { type Acme, startAcme } from './lib/acme.ts'
import { chromiumMissing, openBrowser, openTab, screenshotPath, settled, type Tab } from './lib/browser.ts'
import { lookAt } from './lib/look.ts'

const skip = chromiumMissing()
const STORY_MS = 400_000

let browser: Browser
let tab: Tab
let acme: Acme
before(
  async () => {
    if (skip) return
    acme = await startAcme({ GATEPOST_DIRECTORIES_ENTRA_LOGIN: 'http://127.0.0.1:9' })
    browser = await openBrowser()
    tab = await openTab(browser, {
      faultsExpected: /(GET \/v1\/me|POST \/v1\/sessions|POST \/v1\/shares\/view): 4\d\d$/,
    })
    await signIn(tab.page)
  },
  { timeout: 240_000 },
)
after(async () => {
  await browser?.close()
  await acme?.stop()
})

const at = (path: string): string => new URL(path, acme.gateway.url).href

async function signIn(page: Page): Promise<void> {
  await page.goto(at('/sign-in'))
  await page.getByLabel('Work address').fill('ada@acme.example')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
}

async function open(page: Page, path: string): Promise<void> {
  await page.goto(at(path))
  await settled(page)
}

test('the acceptance test runs real probes, keeps its report, and prints it', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await open(page, '/t/acme-ltd/acceptance')
  await page.getByText('No report yet').waitFor()
  await page.getByLabel('Mailbox for the test message').fill('ann@acme.example')
  await page.getByRole('button', { name: 'Run acceptance test' }).click()
  await page.getByRole('heading', { level: 1, name: 'Acceptance report' }).waitFor()
  await page.getByRole('button', { name: 'Print' }).waitFor({ timeout: 240_000 })
  const word = (title: string) => page.getByRole('listitem').filter({ hasText: title }).first()
  for (const title of [
    'The domains are proven',
    'An unknown recipient is refused',
    'Strangers cannot relay',
    'Nobody relays by claiming a domain of yours',
    'The mail host takes a message of the gateway',
  ]) {
    assert.match((await word(title).textContent()) ?? '', /^Passed/, title)
  }
  assert.match((await word('Inbound connections can be encrypted').textContent()) ?? '', /TLSv1\.[23]/)
  await page.getByRole('heading', { name: 'What this report does not verify' }).waitFor()
  assert.deepEqual(await lookAt(page, 'acceptance-report'), [])

  await page.emulateMedia({ media: 'print' })
  assert.equal(await page.getByRole('navigation').first().isVisible(), false)
  assert.equal(await page.getByText('Date, for the organisation').isVisible(), true)
  const file = screenshotPath('acceptance-report').replace(/\.png$/, '.pdf')
  const pdf = await page.pdf({ format: 'A4' })
  await writeFile(file, pdf)
  await page.emulateMedia({ media: 'screen' })
  assert.equal(pdf.subarray(0, 5).toString('latin1'), '%PDF-')
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0
  assert.ok(pages >= 1 && pages <= 6, `${pages} pages`)
  process.stdout.write(`acceptance report: ${pages} pages, ${(await stat(file)).size} octets of PDF\n`)
  await open(page, '/t/acme-ltd/acceptance')
  await page.getByRole('table', { name: 'Acceptance reports' }).getByText('Ada Admin').waitFor()
  assert.deepEqual(tab.takeFaults(), [])
})

test('a step is handed to a colleague by a link that shows nothing else, and is taken back', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await open(page, '/t/acme-ltd/connect/modify-mx')
  await page.getByRole('button', { name: 'Share this step' }).click()
  await page.getByLabel('A word to go with it (optional)').fill('By Friday, at our DNS provider')
  await page.getByRole('button', { name: 'Make link' }).click()
  const link = (await page.getByRole('dialog').locator('pre').textContent())?.trim() ?? ''
  assert.match(link, /\/shared#token=[\w-]{43}$/)

  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const colleague = await context.newPage()
  await colleague.goto(at(`/shared${new URL(link).hash}`))
  await colleague.getByRole('heading', { level: 1, name: /MX/ }).waitFor()
  await colleague.getByText('By Friday, at our DNS provider').waitFor()
  await colleague.getByRole('heading', { name: 'Records to publish' }).waitFor()
  assert.deepEqual(await context.cookies(), [])
  assert.equal(await colleague.locator('meta[name=robots]').getAttribute('content'), 'noindex, nofollow')
  assert.deepEqual(await lookAt(colleague, 'shared-step'), [])

  await open(page, '/t/acme-ltd/shares')
  await page
    .getByText('just now, 1 time')
    .or(page.getByText(/ago, 1 time/))
    .first()
    .waitFor()
  assert.deepEqual(await lookAt(page, 'shares'), [])
  await page.getByRole('button', { name: /^Take back the link/ }).click()
  await page.getByRole('button', { name: 'Take link back' }).click()
  await page.getByText('No link is open').waitFor()
  await colleague.reload()
  await colleague.getByText('This link is not valid any more').waitFor()
  await context.close()
  assert.deepEqual(tab.takeFaults(), [])
})

test('an organisation is added by template; what differs from it is seen and mended', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page, hands } = tab
  await open(page, '/system/templates')
  await page.getByLabel('Name', { exact: true }).fill('Standard')
  await page.getByRole('combobox', { name: 'As this organisation is now' }).click()
  await page.getByRole('option', { name: 'Acme Ltd' }).click()
  await page.getByRole('button', { name: 'Make template' }).click()
  await page.getByRole('heading', { name: 'Standard' }).waitFor()
  assert.deepEqual(await lookAt(page, 'templates'), [])

  await open(page, '/system/organizations')
  const [clicks, fields, began] = [hands.clicks(), hands.fields(), Date.now()]
  await hands.click(page.getByRole('button', { name: 'Add organisation' }))
  await hands.fill(page.getByLabel('Organisation name'), 'Bright Ltd')
  await hands.fill(page.getByLabel('Primary domain'), 'bright.example')
  await hands.click(page.getByRole('combobox', { name: 'Template' }))
  await hands.click(page.getByRole('option', { name: 'Standard' }))
  await hands.fill(page.getByLabel('Administrator’s name'), 'Bea Bright')
  await hands.fill(page.getByLabel('Administrator’s address'), 'bea@bright.example')
  await hands.click(page.getByRole('button', { name: 'Add organisation' }))
  await page.getByText('Added Bright Ltd').waitFor()
  const spent = [hands.clicks() - clicks, hands.fields() - fields]
  process.stdout.write(
    `added by template: ${spent[0]} clicks, ${spent[1]} fields, ${((Date.now() - began) / 1000).toFixed(1)} s of machine time\n`,
  )
  assert.match((await page.getByText(/invitation#token=/).textContent()) ?? '', /token=[\w-]{43}/)
  const row = page.getByRole('row').filter({ hasText: 'bright.example' })
  await row.getByText('Standard').waitFor()
  assert.deepEqual(await lookAt(page, 'organizations-added'), [])

  await acme.api.call('PUT', '/v1/tenants/bright-ltd/retention', { class: 'activity', days: 14 })
  await open(page, '/t/bright-ltd/settings')
  await page.getByText(/^Retention: differs/).waitFor()
  await open(page, '/system/templates')
  await page.getByRole('button', { name: 'Apply', exact: true }).click()
  await page.getByLabel('Organisations', { exact: true }).first().click()
  await page.getByRole('option', { name: 'Bright Ltd' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Show what changes' }).click()
  await page.getByText('1 setting would change').waitFor()
  assert.deepEqual(await lookAt(page, 'templates-apply'), [])
  await page.getByRole('button', { name: 'Apply to 1 organisation' }).click()
  await page.getByText('1 setting changed').waitFor()
  assert.deepEqual(tab.takeFaults(), [])
})

test('an announced address names who does not allow it yet', { skip, timeout: STORY_MS }, async () => {
  const { page } = tab
  await open(page, '/system/addresses')
  await page.getByLabel('Address', { exact: true }).fill('203.0.113.77')
  await page.getByLabel('Note (optional)').fill('second data centre')
  await page.getByRole('button', { name: 'Announce address' }).click()
  await page.getByText(/2 organisations do not allow 203\.0\.113\.77 yet/).waitFor()
  assert.deepEqual(await lookAt(page, 'own-addresses'), [])
  await open(page, '/t/acme-ltd/addresses')
  await page.getByText('An address is announced').waitFor()
  await page.getByRole('button', { name: 'I have allowed 203.0.113.77' }).click()
  await page.getByRole('button', { name: 'Not any more: 203.0.113.77' }).waitFor()
  assert.deepEqual(await lookAt(page, 'tenant-addresses'), [])
  const { addresses } = await acme.api.call<{ addresses: readonly { address: string; state: string }[] }>(
    'GET',
    '/v1/addresses',
  )
  assert.equal(addresses.find(({ address }) => address === '203.0.113.77')?.state, 'coming')
  assert.deepEqual(tab.takeFaults(), [])
})

test('an organisation leaves by the wizard, and stays after all', { skip, timeout: STORY_MS }, async () => {
  const { page } = tab
  await open(page, '/t/bright-ltd/leaving')
  await page.getByText('There is no export.').waitFor()
  await page.getByRole('button', { name: 'Export everything' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download export' }).click(),
  ])
  assert.ok((await stat(await download.path())).size > 1_000)
  await page.getByText('all passed').waitFor()
  assert.deepEqual(await lookAt(page, 'leaving'), [])
  await page.getByLabel('Name of the organisation').fill('Bright Ltd')
  await page.getByRole('button', { name: 'Ask to be erased' }).click()
  await page.getByText(/^Bright Ltd is erased on .*, not before$/).waitFor()
  await open(page, '/system/leaving')
  await page.getByRole('button', { name: 'Agree that Bright Ltd is erased' }).click()
  await page.getByRole('button', { name: 'Agree', exact: true }).click()
  await page.getByText(/Ada Admin agreed on/).waitFor()
  assert.deepEqual(await lookAt(page, 'system-leaving'), [])
  await open(page, '/t/bright-ltd/leaving')
  await page.getByText(/Ada Admin agreed on/).waitFor()
  await page.getByRole('button', { name: 'Stay: take the request back' }).click()
  await page.getByRole('button', { name: 'Ask to be erased' }).waitFor()

  // What is in the way at Acme is said: mail of it goes out through here.
  await open(page, '/t/acme-ltd/leaving')
  await page.getByText('There is no export.').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Ask to be erased' }).isDisabled(), true)
  await open(page, '/system/usage')
  await page.getByRole('heading', { level: 1, name: 'Usage' }).waitFor()
  assert.deepEqual(await lookAt(page, 'usage'), [])
  assert.deepEqual(tab.takeFaults(), [])
})
