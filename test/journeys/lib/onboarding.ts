// The mandatory steps of Connect as an administrator walks them in the sandbox: two windows, the console and
// the sandbox's page, and nothing else. Every click and field of both is counted.
import assert from 'node:assert/strict'
import type { Environment } from '@gatepost/sandbox/world-zones.ts'
import type { Locator, Page } from 'playwright-core'
import { settled, type Tab, WAIT_MS } from './browser.ts'
import { openStep, pressUntil, untilState } from './connect-pages.ts'
import type { Sandbox } from './sandbox.ts'

export type Walk = {
  readonly environment: Environment
  readonly sandbox: Sandbox
  /** The console. */
  readonly tab: Tab
  /** The sandbox's page, in the same browser window so that both share a clipboard. */
  readonly world: Page
}

const PASSWORD = 'correct horse battery'
const ENVIRONMENT_WORDS: { readonly [Name in Environment]: string } = {
  'on-premises': 'Exchange on-premises',
  'microsoft-365': 'Microsoft 365',
  hybrid: 'Exchange hybrid',
  'google-workspace': 'Google Workspace',
}

/** C0: names and contacts; the environment is proposed from DNS. */
export async function setUp({ tab, sandbox, environment }: Walk): Promise<void> {
  const { page, hands } = tab
  await page.goto(sandbox.setupUrl)
  await hands.fill(page.getByLabel('Your name'), 'Ada Admin')
  await hands.fill(page.getByLabel('Work address'), 'ada@acme.example')
  await hands.fill(page.getByLabel('Password', { exact: true }), PASSWORD)
  await hands.fill(page.getByLabel('Organisation name'), 'Acme Ltd')
  await hands.fill(page.getByLabel('Primary domain'), 'acme.example')
  await hands.fill(page.getByLabel('Emergency contact'), 'Ada Admin')
  await hands.fill(page.getByLabel('Outside address'), 'ada@elsewhere.example')
  const words = ENVIRONMENT_WORDS[environment]
  await page.getByRole('heading', { name: `Why ${words}?` }).waitFor()
  assert.ok(await page.getByRole('radio', { name: words }).isChecked(), `${words} is not proposed`)
  await hands.click(page.getByRole('button', { name: 'Create and continue' }))
  await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
}

/** C1: the value is copied in Connect and published in the sandbox; the page turns by itself. */
export async function proveDomain(walk: Walk): Promise<void> {
  const { tab } = walk
  const { page, hands } = tab
  await openStep(tab, 'Validate your domains')
  const table = page.getByRole('table', { name: /^Records that prove acme\.example/ })
  await hands.click(table.getByRole('button', { name: 'Copy TXT value' }))
  await publishCopied(walk)
  await untilState(tab, 'Done')
}

/** C2: what the sandbox's page names is entered, tested, previewed and accepted. */
export async function synchronise(walk: Walk): Promise<void> {
  const { tab, environment } = walk
  const { page, hands } = tab
  await openStep(tab, 'Synchronise your directory')
  if (environment === 'on-premises') await enterLdap(walk)
  else if (environment === 'google-workspace') await enterGoogle(walk)
  else await enterEntra(walk)
  await hands.click(page.getByRole('button', { name: 'Save connector' }))
  await runTests(walk)
  await hands.click(page.getByRole('button', { name: 'Preview the changes' }))
  await hands.click(page.getByRole('button', { name: 'Carry these changes out' }))
  await untilState(tab, 'Done')
}

async function enterLdap(walk: Walk): Promise<void> {
  const { page, hands } = walk.tab
  await hands.fill(page.getByLabel('Server', { exact: true }), await shown(walk, 'Server'))
  await hands.fill(page.getByLabel('Port'), await shown(walk, 'Port'))
  await hands.fill(page.getByLabel('Account', { exact: true }), await shown(walk, 'Account'))
  await hands.fill(page.getByRole('textbox', { name: 'Password' }), await shown(walk, 'Password'))
}

async function enterEntra(walk: Walk): Promise<void> {
  const { page, hands } = walk.tab
  if (walk.environment === 'hybrid') await hands.click(page.getByRole('radio', { name: /Entra ID/ }))
  const values = ['Directory (tenant) ID', 'Application (client) ID'] as const
  for (const label of values) await hands.fill(page.getByLabel(label), await shown(walk, label))
  await hands.fill(page.getByRole('textbox', { name: /^Client secret/ }), await shown(walk, 'Client secret'))
}

async function enterGoogle(walk: Walk): Promise<void> {
  const { page, hands } = walk.tab
  const key = 'Key of the service account, JSON'
  await hands.fill(page.getByLabel(/^Key of the service account/), await shown(walk, key))
  await hands.fill(page.getByLabel('Administrator', { exact: true }), await shown(walk, 'Administrator'))
}

/** A directory with a self-made certificate is tested twice, with the fingerprint confirmed in between. */
async function runTests({ tab }: Walk): Promise<void> {
  const { page, hands } = tab
  const run = page.getByRole('button', { name: 'Run the tests' })
  // Beside the tests and in the list of the step's checks.
  const passed = page.getByText('All required tests passed').first()
  const confirm = page.getByRole('button', { name: 'Confirm the fingerprint' })
  await hands.click(run)
  await passed.or(confirm).first().waitFor()
  if (await passed.isVisible()) return
  await hands.click(confirm)
  await page.getByText(/, pinned/).waitFor()
  await pressUntil(tab, run, passed)
}

/** C5: route, tests, and the word of the reader who found the message in the sandbox's mailbox. */
export async function prepareInbound(walk: Walk): Promise<void> {
  const { tab, world } = walk
  const { page, hands } = tab
  await openStep(tab, 'Prepare for inbound email')
  await hands.fill(page.getByLabel('Mail host', { exact: true }), await shown(walk, 'Mail host'))
  await hands.fill(page.getByLabel('Port'), await shown(walk, 'Port', 1))
  await hands.click(page.getByRole('button', { name: 'Add delivery route' }))
  await hands.click(page.getByRole('button', { name: 'Run the tests' }))
  await page.getByText('All required tests passed').waitFor({ timeout: 2 * WAIT_MS })
  await world
    .locator('#mailboxes')
    .getByRole('button', { name: /Gatepost/ })
    .waitFor()
  await hands.click(page.getByRole('button', { name: 'It arrived' }))
  await untilState(tab, 'Done')
}

/** C6: each half that sends is allowed, and its first message seen. */
export async function sendOut(walk: Walk): Promise<void> {
  const { tab, environment } = walk
  const { page, hands } = tab
  await openStep(tab, 'Set up your outbound email')
  if (environment === 'on-premises' || environment === 'hybrid') {
    await hands.fill(page.getByLabel('IP address'), await shown(walk, 'IP address'))
    await hands.click(page.getByRole('button', { name: 'Authorise address' }))
    await live(page.getByRole('region', { name: 'Authorised addresses' }))
    await send(walk, 'Ann writes to Ben of Bright')
  }
  if (environment !== 'on-premises') {
    const cloud = environment === 'google-workspace' ? 'Google Workspace' : 'Microsoft 365'
    await hands.click(page.getByLabel(`We send through ${cloud}`))
    if (environment === 'google-workspace') {
      await hands.click(page.getByRole('button', { name: 'Make header value' }))
      await hands.click(page.getByRole('button', { name: 'Copy header value' }))
      await press(walk, 'Take the header value that I copied')
    } else await page.getByText(/^proven by acme\.example$/).waitFor()
    await live(page.getByRole('region', { name: cloud, exact: true }))
    await send(walk, 'Ann writes to Ben from the cloud')
  }
  await untilState(tab, 'Done')
}

/** Settings reach every node within a second; who sends before is asked to come again. */
async function live(part: Locator): Promise<void> {
  await part.getByText(/^Live on (\d+) of \1 nodes$/).waitFor()
}

/** C8: unknown recipients are refused. */
export async function refuseUnknown(walk: Walk): Promise<void> {
  const { page, hands } = walk.tab
  await openStep(walk.tab, 'Set up recipient validation')
  await hands.click(page.getByRole('radio', { name: 'Known recipients' }))
  await hands.click(page.getByRole('button', { name: 'Save recipient validation of acme.example' }))
  await untilState(walk.tab, 'Done')
}

/** C9: the MX is published, and the first message comes in from outside. */
export async function changeMx(walk: Walk): Promise<void> {
  const { tab } = walk
  const { page, hands } = tab
  await openStep(tab, 'Modify your MX record')
  await page.getByText('all passed').waitFor()
  const table = page.getByRole('table', { name: 'MX records to publish for acme.example' })
  await hands.click(table.getByRole('button', { name: 'Copy MX value' }))
  await publishCopied(walk)
  const stages = page.getByRole('list', { name: 'Stages of the change' })
  const check = page.getByRole('button', { name: 'Check now acme.example' })
  await pressUntil(tab, check, stages.getByText('1 of 1 name servers'))
  await send(walk, 'Ben of Bright writes to Ann')
  await untilState(tab, 'Done')
}

/**
 * C10: the firewall is closed in the sandbox, and Connect knocks from an address that is not the gateway's.
 */
export async function lockMailHost(walk: Walk): Promise<void> {
  const { tab } = walk
  const { page } = tab
  await openStep(tab, 'Secure your inbound email')
  await press(walk, 'Let it happen: The firewall lets in the gateway only')
  const check = page.getByRole('button', { name: 'Check now the mail hosts' })
  await pressUntil(tab, check, page.getByText('Refuses strangers', { exact: true }))
  await untilState(tab, 'Done')
}

/** C16: the same door, watched from then on. */
export async function watchLock({ tab }: Walk): Promise<void> {
  await openStep(tab, 'Firewall lockdown')
  await untilState(tab, 'Done')
}

/** A value that the sandbox's page names, as a person reads it; the nth where a label comes twice. */
async function shown({ world }: Walk, label: string, nth = 0): Promise<string> {
  const button = world.getByRole('button', { name: `Copy ${label}`, exact: true })
  const count = await button.count()
  return (await button.nth(Math.min(nth, count - 1)).getAttribute('data-copy')) ?? ''
}

async function publishCopied(walk: Walk): Promise<void> {
  await press(walk, 'Publish what I copied')
  await walk.world.getByText(/^Published\./).waitFor()
}

async function send(walk: Walk, title: string): Promise<void> {
  const { world } = walk
  await press(walk, title)
  const row = world.locator('[data-part="attempts"] li').filter({ hasText: title }).first()
  await row.getByText('Accepted').waitFor()
}

/** Both pages share a clipboard, which only the one in front may read. */
async function press({ world, tab }: Walk, name: string): Promise<void> {
  await world.bringToFront()
  const button: Locator = world.getByRole('button', { name, exact: true })
  await tab.hands.click(button)
  await tab.page.bringToFront()
  await settled(tab.page)
}
