// C7 in a real browser: the tool is downloaded and run against a real Dovecot, its CSV dropped and imported;
// then the gateway collects by itself and finds the same, and a review leaves one out.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { type Dovecot, dovecotMissing, startDovecot } from '../interop/lib/dovecot.ts'
import { addressOf, fillSentMail } from '../interop/lib/sent-mail.ts'
import { type Acme, startAcme } from './lib/acme.ts'
import { chromiumMissing, openBrowser, openTab, settled, type Tab } from './lib/browser.ts'
import { lookAt } from './lib/look.ts'

const skip = chromiumMissing() || dovecotMissing()
const STORY_MS = 400_000
const run = promisify(execFile)

let acme: Acme
let browser: Browser
let tab: Tab
let dovecot: Dovecot
let folder = ''

before(
  async () => {
    if (skip) return
    folder = await mkdtemp(join(tmpdir(), 'gatepost-contacts-story-'))
    dovecot = await startDovecot()
    await fillSentMail({ folder: dovecot.mailFolder, ids: dovecot.ids, mailboxes: 2, messages: 60 })
    browser = await openBrowser()
    tab = await openTab(browser, { faultsExpected: /GET \/v1\/me: 401$/ })
    acme = await startAcme()
    for (const index of [0, 1])
      await acme.api.call('POST', `${acme.base}/users`, { email: addressOf(index), name: `Person ${index}` })
    await signIn(tab.page)
  },
  { timeout: STORY_MS },
)

after(async () => {
  await browser?.close()
  await acme?.stop()
  await dovecot?.stop()
  if (folder !== '') await rm(folder, { recursive: true, force: true })
})

test('download the tool, run it, drop the CSV, and read the summary', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await page.goto(new URL('/t/acme-ltd/connect/import-permitted-senders', acme.gateway.url).href)
  await settled(page)
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  const programs = page.getByRole('list', { name: 'The contacts tool' })
  await programs.getByText('Windows', { exact: true }).waitFor()
  assert.deepEqual([...(await lookAt(page, 'step-contacts-tool')), ...tab.takeFaults()], [])
  const coming = page.waitForEvent('download', { timeout: 240_000 })
  await programs.getByRole('link', { name: /for Script for Node 26$/ }).click()
  const tool = join(folder, 'gatepost-contacts.mjs')
  await (await coming).saveAs(tool)

  await writeFile(join(folder, 'people.txt'), `${addressOf(0)}\n${addressOf(1)}\n`)
  const place = ['--source', 'imap', '--host', '127.0.0.1', '--port', String(dovecot.imapPort)]
  const how = ['--encryption', 'none', '--mailboxes', join(folder, 'people.txt'), '--pace', '0']
  const env = { GATEPOST_CONTACTS_SECRET: 'secret' }
  const { stdout } = await run(process.execPath, [tool, ...place, ...how, '--out', folder], { env })
  assert.match(stdout, /120 messages were read/)
  const csv = await readFile(join(folder, 'contacts.csv'), 'utf8')
  const rows = csv.split('\r\n').length - 1

  await drop(page, csv)
  await page.getByText(`Preview of contacts.csv: ${rows} rows, nothing imported yet`).waitFor()
  await page.getByRole('button', { name: `Import ${rows} entries` }).click()
  await page.getByText(`${rows} entries added for 2 users`).waitFor()
  await page.getByText('entries added', { exact: true }).waitFor()
  assert.deepEqual(tab.takeFaults(), [])
})

test('the gateway collects by itself, and finds what the tool found', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await page.getByRole('button', { name: 'Set up', exact: true }).click()
  const form = page.getByRole('region', { name: 'Collect contacts here' })
  await form.getByRole('radio', { name: /^IMAP/ }).check()
  await form.getByRole('textbox', { name: 'Server' }).fill('127.0.0.1')
  await form.getByLabel('Encryption').selectOption('none')
  await form.getByRole('textbox', { name: 'Port' }).fill(String(dovecot.imapPort))
  await form.getByRole('textbox', { name: 'Master account' }).fill('boss')
  await form.getByLabel('Its password').fill('master secret')
  assert.deepEqual([...(await lookAt(page, 'step-contacts-form')), ...tab.takeFaults()], [])
  await page.getByRole('button', { name: 'Collect', exact: true }).click()
  await page.getByText('Nothing is imported before').waitFor({ timeout: 240_000 })
  await page.getByRole('button', { name: 'Review and import' }).click()
  const table = page.getByRole('table', { name: 'Contacts, the most frequent first' })
  await table.getByRole('checkbox').first().uncheck()
  // The count is the server's: it follows the tick.
  const shown = page.getByText(/^\d+ of \d+ contacts ticked$/)
  await shown.filter({ hasNotText: /^(\d+) of \1 / }).waitFor()
  const status = await shown.innerText()
  const [ticked = 0, all = 0] = [...status.matchAll(/\d+/g)].map(([digits]) => Number(digits))
  assert.equal(ticked, all - 1, status)
  assert.deepEqual([...(await lookAt(page, 'step-contacts-review')), ...tab.takeFaults()], [])
  await page.getByRole('button', { name: 'Preview the import' }).click()
  // All of them were imported out of the tool's CSV.
  await page.getByText(`: ${ticked} rows, nothing imported yet`).waitFor()
  assert.ok(await page.getByRole('button', { name: 'Import 0 entries' }).isDisabled())
  const summary = await acme.api.call<{ entries: number }>('GET', `${acme.base}/senders-summary`)
  assert.equal(summary.entries, all)
})

/** Lets go of a file above the drop area, as a person does with the mouse. */
async function drop(page: Page, text: string): Promise<void> {
  const area = page.getByText('Drop a CSV file here, or press to choose one')
  await area.waitFor()
  const dataTransfer = await page.evaluateHandle(
    `(() => {
      const carried = new DataTransfer()
      carried.items.add(new File([${JSON.stringify(text)}], 'contacts.csv', { type: 'text/csv' }))
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
