// The steps of Connect as an administrator takes them, in the pages and nowhere else.
import assert from 'node:assert/strict'
import type { World } from '@gatepost/sandbox/world.ts'
import type { Page } from 'playwright-core'
import { ACME_IP } from './acme.ts'
import { settled, type Tab, WAIT_MS } from './browser.ts'
import { copiedRecord, openStep, pressUntil, untilState } from './connect-pages.ts'
import { swaks } from './swaks.ts'

export type Place = { readonly tab: Tab; readonly world: World; readonly mxPort: number }

const GOOD_CSV = [
  'email,name,aliases',
  'ann@acme.example,Ann Archer,',
  'bob@acme.example,Bob Brown,robert@acme.example',
  'sales@acme.example,Sales,',
  '',
].join('\r\n')

const WRONG_CSV = ['email,name', 'carol@acme.example,Carol Clark', 'dave.acme.example,Dave Dean', ''].join(
  '\r\n',
)

/** C0: the printed link asks for three things and leads into Connect. */
export async function setUpOrganization({ page, hands }: Tab, setupUrl: string | null): Promise<void> {
  assert.ok(setupUrl, 'the start printed no set-up link')
  await page.goto(setupUrl)
  await hands.fill(page.getByLabel('Your name'), 'Ada Admin')
  await hands.fill(page.getByLabel('Work address'), 'ada@acme.example')
  await hands.fill(page.getByLabel('Password', { exact: true }), 'correct horse battery')
  await hands.fill(page.getByLabel('Organisation name'), 'Acme Ltd')
  await hands.fill(page.getByLabel('Primary domain'), 'acme.example')
  await hands.fill(page.getByLabel('Emergency contact'), 'Ada Admin')
  await hands.fill(page.getByLabel('Outside address'), 'ada@elsewhere.example')
  // The environment is proposed from DNS, with the evidence beside it.
  await page.getByRole('heading', { name: 'Why Exchange on-premises?' }).waitFor()
  const evidence = page.getByRole('list', { name: 'Evidence from DNS' })
  assert.match(await evidence.innerText(), /mx\.\s*oldhost\.\s*example/)
  assert.ok(await page.getByRole('radio', { name: 'Exchange on-premises' }).isChecked())
  await hands.click(page.getByRole('button', { name: 'Create and continue' }))
  await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
  await stopGreylisting(page)
}

/** The first message of a story cannot wait for a minute. */
async function stopGreylisting(page: Page): Promise<void> {
  const [, slug] = /\/t\/([^/]+)/.exec(page.url()) ?? []
  const path = new URL(`/v1/tenants/${slug}/policies`, page.url()).href
  const answer = await page.request.get(`${path}?type=greylisting`)
  const { items } = (await answer.json()) as { readonly items: readonly { readonly id: string }[] }
  assert.equal(items.length, 1)
  const off = await page.request.patch(`${path}/${items[0]!.id}`, { data: { enabled: false } })
  assert.ok(off.ok(), 'greylisting was not switched off')
}

/** C1: the record that the page shows is published; the page turns by itself. */
export async function validateDomain({ tab, world }: Place): Promise<void> {
  const { page } = tab
  await openStep(tab, 'Validate your domains')
  const record = await copiedRecord(tab, 'Records that prove acme.example: one of them is enough', 'TXT')
  publish(world, record)
  await untilState(tab, 'Done')
  await page.getByText(/acme\.example is validated by its TXT record/).waitFor()
}

/** C3: three users from a file by the file chooser; a second file, dropped, shows its wrong row. */
export async function addUsers(tab: Tab): Promise<void> {
  const { page, hands } = tab
  await openStep(tab, 'Add users manually')
  const chooser = page.waitForEvent('filechooser')
  await hands.click(page.getByText('Drop a CSV or XLSX file here, or press to choose one'))
  await (await chooser).setFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(GOOD_CSV) })
  await page.getByText('Preview of people.csv: 3 rows, nothing imported yet').waitFor()
  await hands.click(page.getByRole('button', { name: 'Import 3 users' }))
  await page.getByText('3 users added', { exact: true }).waitFor()
  await hands.click(page.getByRole('button', { name: 'Import another file' }))
  await hands.counted(() => dropFile(tab, { name: 'more.csv', text: WRONG_CSV }))
  const wrong = page.getByRole('list', { name: 'Rows that need attention' }).getByRole('listitem')
  await wrong.waitFor()
  assert.match(await wrong.innerText(), /Line 3, email: dave\.acme\.example/)
  await page.getByText('Nothing imported yet: 1 row needs attention').waitFor()
  await hands.click(page.getByRole('button', { name: 'Choose another file' }))
  await untilState(tab, 'Done')
}

/** C5: a delivery route, its tests, and the test message that really lies in the mailbox. */
export async function prepareInbound({ tab, world }: Place): Promise<void> {
  const { page, hands } = tab
  await openStep(tab, 'Prepare for inbound email')
  await hands.fill(page.getByLabel('Mail host', { exact: true }), 'exchange.acme.example')
  await hands.fill(page.getByLabel('Port'), String(world.acme.port))
  await hands.click(page.getByRole('button', { name: 'Add delivery route' }))
  await hands.fill(page.getByLabel('Test recipient'), 'ann@acme.example')
  await hands.click(page.getByRole('button', { name: 'Run the tests' }))
  await page.getByText('All required tests passed').waitFor({ timeout: 2 * WAIT_MS })
  const test = await world.acme.waitFor(
    ({ forwardPaths }) => forwardPaths.includes('ann@acme.example'),
    WAIT_MS,
  )
  assert.ok(String(test.content).includes('Gatepost'))
  await hands.click(page.getByRole('button', { name: 'It arrived' }))
  await untilState(tab, 'Done')
}

/** C6: the mail host's address is authorised, and the page sees its first message. */
export async function setUpOutbound({ tab, world, mxPort }: Place): Promise<void> {
  const { page, hands } = tab
  await openStep(tab, 'Set up your outbound email')
  await hands.fill(page.getByLabel('IP address'), ACME_IP)
  await hands.click(page.getByRole('button', { name: 'Authorise address' }))
  await page.getByText(/^Live on (\d+) of \1 nodes$/).waitFor()
  const sent = await swaks({
    port: mxPort,
    clientIp: ACME_IP,
    helo: 'exchange.acme.example',
    from: 'ann@acme.example',
    to: 'ben@bright.example',
    subject: 'Our order',
  })
  assert.equal(sent.code, 0, sent.dialog)
  await page.getByText('We saw your first outbound message').waitFor()
  await untilState(tab, 'Done')
  await world.outside.waitFor(({ content }) => String(content).includes('Our order'), WAIT_MS)
}

/** C8: unknown recipients are refused. */
export async function validateRecipients(tab: Tab): Promise<void> {
  const { page, hands } = tab
  await openStep(tab, 'Set up recipient validation')
  await hands.click(page.getByRole('radio', { name: 'Known recipients' }))
  await page.getByText('Mail reaches 3 users of acme.example').waitFor()
  await hands.click(page.getByRole('button', { name: 'Save recipient validation of acme.example' }))
  await untilState(tab, 'Done')
}

/** C9: the MX that the page shows is published, and the first message from outside comes in. */
export async function finishMx({ tab, world, mxPort }: Place): Promise<void> {
  const { page } = tab
  await openStep(tab, 'Modify your MX record')
  await page.getByText('all passed').waitFor()
  publish(world, await copiedRecord(tab, 'MX records to publish for acme.example', 'MX'))
  // By itself it looks more and more seldom: whoever has just published the record presses the button.
  const stages = page.getByRole('list', { name: 'Stages of the change' })
  const button = page.getByRole('button', { name: 'Check now acme.example' })
  await pressUntil(tab, button, stages.getByText('1 of 1 name servers'))
  await page.getByText('We wait for the first message to acme.example through Gatepost').waitFor()
  const sent = await swaks({
    port: mxPort,
    clientIp: '203.0.113.10',
    helo: 'mail.bright.example',
    from: 'ben@bright.example',
    to: 'ann@acme.example',
    subject: 'Offer for the spring order',
  })
  assert.equal(sent.code, 0, sent.dialog)
  await page.getByRole('heading', { name: 'First messages' }).waitFor()
  await untilState(tab, 'Done')
  await world.acme.waitFor(({ content }) => String(content).includes('spring order'), WAIT_MS)
}

/** Finds a delivered message in the message centre and reads why, from its page. */
export async function lookAtMessage(
  tab: Tab,
  message: { readonly subject: string; readonly direction: string; readonly policies: readonly string[] },
): Promise<void> {
  const { page, hands } = tab
  await hands.click(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Messages' }))
  await hands.fill(page.getByLabel('Search messages'), message.subject.split(' ')[0] ?? '')
  const row = page
    .getByRole('table', { name: 'Messages, newest first' })
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name: message.subject }) })
  await row.getByText('Delivered').waitFor()
  assert.match(await row.innerText(), new RegExp(message.direction))
  await hands.click(row.getByRole('link', { name: message.subject }))
  await page.getByRole('heading', { level: 1, name: message.subject }).waitFor()
  await settled(page)
  const verdict = page.getByRole('region', { name: 'Verdict' })
  assert.match(await verdict.innerText(), /^Delivered\./)
  const asked = page.getByRole('list', { name: 'Policies: Recipient accepted' }).getByRole('listitem')
  const texts = await asked.allInnerTexts()
  assert.deepEqual(texts.slice(0, message.policies.length).map(firstLine), message.policies)
  const attempt = page.getByRole('listitem').filter({
    has: page.getByRole('heading', { level: 3, name: /^Delivery attempt 1 accepted/ }),
  })
  assert.match(await attempt.innerText(), /250 2\.\d\.\d /)
}

function publish(world: World, record: string): void {
  const published = world.publish(record)
  assert.ok(published.ok, `the shown record cannot be published: ${record}`)
}

/** Drops a file on the drop zone, as from a file manager. */
async function dropFile(
  { page }: Tab,
  file: { readonly name: string; readonly text: string },
): Promise<void> {
  const zone = page.getByText('Drop a CSV or XLSX file here, or press to choose one')
  await zone.waitFor()
  const dataTransfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([${JSON.stringify(file.text)}], ${JSON.stringify(file.name)}, { type: 'text/csv' }))
    return transfer
  })()`)
  await zone.dispatchEvent('drop', { dataTransfer })
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.trim() ?? ''
}
