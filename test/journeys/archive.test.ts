// Story of C11 and the archive: archiving and journaling switched on, a report of the mail host is merged
// with what the gateway kept, a stranger's is not taken, and an administrator finds, reads and exports it.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { ACME_IP, type Acme, live, startAcme } from './lib/acme.ts'
import { eventually } from './lib/api.ts'
import { chromiumMissing, openBrowser, openTab, settled, type Tab } from './lib/browser.ts'
import { lookAt } from './lib/look.ts'
import { swaks, swaksMissing } from './lib/swaks.ts'

const skip = chromiumMissing() || swaksMissing()
const STORY_MS = 400_000
const OUTSIDE = { clientIp: '203.0.113.10', helo: 'mail.bright.example' }

type View = {
  readonly journal: {
    readonly address: string
    readonly alternateAddress: string
    readonly reportsToday: number
  }
}
type Found = {
  readonly items: readonly {
    readonly id: string
    readonly subject: string
    readonly sources: readonly string[]
    readonly recipientCount: number
    readonly flags: readonly string[]
  }[]
}

let browser: Browser
let tab: Tab
let acme: Acme
let folder: string
before(
  async () => {
    if (skip) return
    folder = await mkdtemp(join(tmpdir(), 'gatepost-journal-'))
    acme = await startAcme()
    browser = await openBrowser()
    tab = await openTab(browser, { faultsExpected: /(GET \/v1\/me|POST \/v1\/sessions): 4\d\d$/ })
    const { page } = tab
    await page.goto(new URL('/sign-in', acme.gateway.url).href)
    await page.getByLabel('Work address').fill('ada@acme.example')
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
  },
  { timeout: 240_000 },
)
after(async () => {
  await browser?.close()
  await acme?.stop()
  if (folder) await rm(folder, { recursive: true })
})

const search = (query: string): Promise<Found> =>
  acme.api.call<Found>('GET', `${acme.base}/archive/entries?${query}`)

const INNER = [
  'From: Ben Bright <ben@bright.example>',
  'To: sales@acme.example',
  'Subject: Journalled offer',
  'Message-ID: <journalled-1@bright.example>',
  'Date: Sun, 22 Nov 2026 07:00:00 +0000',
  '',
  'The offer for the harbour crane.',
  '',
]

/** Sends octets as they are from a host. */
async function sendRaw(
  name: string,
  lines: readonly string[],
  envelope: { readonly clientIp: string; readonly helo: string; readonly from: string; readonly to: string },
) {
  const file = join(folder, `${name}.eml`)
  await writeFile(file, lines.join('\r\n'))
  return swaks({
    ...envelope,
    port: acme.gateway.mxPort,
    subject: 'Journalled offer',
    more: ['--data', `@${file}`],
  })
}

function report(extra: readonly string[] = []): readonly string[] {
  return [
    'From: Microsoft Outlook <m@acme.example>',
    'Subject: Journalled offer',
    'X-MS-Journal-Report:',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="r"',
    '',
    '--r',
    'Content-Type: text/plain; charset="utf-8"',
    '',
    'Sender: ben@bright.example',
    'Subject: Journalled offer',
    'Message-Id: <journalled-1@bright.example>',
    'To: ann@acme.example, Expanded: sales@acme.example',
    'Bcc: bob@acme.example',
    ...extra,
    '',
    '--r',
    'Content-Type: message/rfc822',
    '',
    ...INNER,
    '--r--',
    '',
  ]
}

test('C11: switched on by two clicks; a report arrives, is read and merged; a stranger’s is refused', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await page.goto(new URL('/t/acme-ltd/connect/journaling', acme.gateway.url).href)
  await settled(page)
  await page.getByLabel('Keep mail that passes the gateway').click()
  await page.getByLabel('Take journal reports of your mail host').click()
  await page
    .getByText(/^journaling-[a-z0-9]{20}@/)
    .first()
    .waitFor()
  await page.getByText('New-JournalRule').first().waitFor()
  await live(acme.api, acme.base)
  const { journal } = await acme.api.call<View>('GET', `${acme.base}/archive`)
  const host = { clientIp: ACME_IP, helo: 'host.acme.example', from: '<>', to: journal.address }

  // Case 51: nobody else’s report is taken, and one to a mailbox is mail like any other.
  const foreign = await sendRaw('foreign', report(), { ...host, ...OUTSIDE, from: 'ben@bright.example' })
  assert.match(foreign.dialog, /451 4\.7\.1 Open relay not allowed/)
  const inner = await sendRaw('inner', INNER, {
    ...OUTSIDE,
    from: 'ben@bright.example',
    to: 'ann@acme.example',
  })
  assert.equal(inner.code, 0, inner.dialog)
  // From somebody there, or it would be refused as forged.
  const fromThere = report().map((line) => line.replace('m@acme.example', 'm@bright.example'))
  const asMail = await sendRaw('as-mail', fromThere, {
    ...OUTSIDE,
    from: 'ben@bright.example',
    to: 'ann@acme.example',
  })
  assert.equal(asMail.code, 0, asMail.dialog)

  const sent = await sendRaw('report', report(), host)
  assert.equal(sent.code, 0, sent.dialog)
  const odd = await sendRaw('odd', report(['Kind regards, the attacker']), host)
  assert.equal(odd.code, 0, odd.dialog)
  const merged = await eventually(
    () => search('text=crane&source=journal'),
    ({ items }) => items.some(({ sources }) => sources.length === 2),
  )
  const offer = merged.items.find(({ sources }) => sources.length === 2)!
  // Ann, the list that she is on, and the blind copy.
  assert.deepEqual([offer.subject, offer.recipientCount], ['Journalled offer', 3])
  const raw = await eventually(
    () => search('flag=undecipherable'),
    ({ items }) => items.length === 1,
  )
  assert.deepEqual(raw.items[0]?.sources, ['journal'])
  await page.getByText('Reports arrive').first().waitFor()
  assert.deepEqual(await lookAt(page, 'story-journaling'), [])
  const host2 = acme.world.acme
    .messages()
    .filter(({ content }) => String(content).includes('X-MS-Journal-Report'))
  assert.equal(
    host2.length,
    1,
    'the report to a mailbox was delivered as it is; those to the archive were not',
  )
  assert.deepEqual(tab.takeFaults(), [])
})

test('case 53: a message is found by its blind copy, shown behind two walls, and saved octet for octet', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await page.goto(new URL('/t/acme-ltd/archive', acme.gateway.url).href)
  await settled(page)
  await page.getByLabel('Words', { exact: true }).fill('harbour')
  await page.getByLabel('Person', { exact: true }).fill('bob@acme.example')
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await page.getByText('harbour', { exact: true }).first().waitFor()
  assert.deepEqual(await lookAt(page, 'story-archive'), [])
  await page.getByRole('link', { name: 'Journalled offer' }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Journalled offer' }).waitFor()
  await page.getByText('The offer for the harbour crane.').waitFor()
  await page.getByText('Blind copy').first().waitFor()
  await page.getByText('list sales@acme.example').first().waitFor()
  assert.deepEqual(await lookAt(page, 'story-archived-message'), [])
  const begun = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Save as EML' }).click()
  const file = await (await begun).path()
  // swaks ends what it sends with an empty line of its own.
  assert.equal(await readFile(file, 'utf8'), `${INNER.join('\r\n')}\r\n`)
  await page.goBack()
  await page.getByRole('button', { name: 'Export as zip' }).click()
  await page.getByRole('link', { name: 'Download' }).first().waitFor()
  await page.goto(new URL('/t/acme-ltd/archive/settings', acme.gateway.url).href)
  await page.getByRole('button', { name: 'Verify now' }).click()
  await page.getByText(/Nothing is missing or changed/).waitFor()
  assert.deepEqual(await lookAt(page, 'story-archive-settings'), [])
  // Its copy in the archive is what a report of the delivered message teaches.
  const { items: delivered } = await acme.api.call<{ readonly items: readonly { readonly id: string }[] }>(
    'GET',
    `${acme.base}/messages?sender=ben%40bright.example`,
  )
  await page.goto(new URL(`/t/acme-ltd/messages/${delivered.at(-1)?.id}`, acme.gateway.url).href)
  await page.getByRole('button', { name: 'Report as spam' }).click()
  await page.getByText(/Reported as spam/).waitFor()
  assert.deepEqual(await lookAt(page, 'story-reported-as-spam'), [])
  await page.getByRole('button', { name: 'Take back' }).click()
  await page.getByText(/nothing of it stays/).waitFor()
  // Nobody of the organisation has a way to change or remove an entry.
  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    const { items } = await search('text=crane')
    const answer = await acme.api.raw(method, `${acme.base}/archive/entries/${items[0]?.id}`, {})
    assert.ok(answer.status === 404 || answer.status === 405, `${method}: ${answer.status}`)
  }
  assert.deepEqual(tab.takeFaults(), [])
})
