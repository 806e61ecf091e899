// Every page with real data in light, in dark and on a phone: nothing fails, nothing scrolls sideways, axe
// finds nothing.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { stepNames } from '@gatepost/contract/connect.ts'
import { startPage } from '@gatepost/sandbox/page/server.ts'
import type { Browser, Page } from 'playwright-core'
import { type Acme, startAcme } from './lib/acme.ts'
import {
  addTlsPartner,
  changeAutoAllow,
  makeLogin,
  makeToken,
  openChange,
  openFilter,
  openKeys,
  openSearch,
  openSpf,
  openZone,
  searchHits,
  selectQueued,
  selectUsers,
  showTable,
  startOperator,
  startRole,
  switchCloudOn,
  testAlerts,
} from './lib/acts.ts'
import { eventually } from './lib/api.ts'
import { chromiumMissing, openBrowser, openTab, settled, type Tab } from './lib/browser.ts'
import { lookAt } from './lib/look.ts'

const skip = chromiumMissing()
const PAGE_MS = 60_000
const SLUG = '/t/acme-ltd'
/** Nobody of the internet is asked. */
const ENVIRONMENT = {
  GATEPOST_DIRECTORIES_ENTRA_LOGIN: 'http://127.0.0.1:9',
  GATEPOST_NETWORK_VANTAGE_ADDRESSES: '127.0.0.77',
}

type View = {
  readonly name: string
  /** Below the console's address, or a whole address. */
  readonly path: string | (() => string | Promise<string>)
  /** What a person does before the picture. */
  readonly act?: (page: Page) => Promise<unknown>
}

const views: readonly View[] = [
  { name: 'sign-in', path: '/sign-in' },
  { name: 'sign-in-wrong', path: '/sign-in', act: signInWrongly },
  { name: 'setup-closed', path: '/setup#token=used' },
  { name: 'connect', path: `${SLUG}/connect` },
  ...stepNames.map((step) => ({ name: `step-${step}`, path: `${SLUG}/connect/${step}` })),
  { name: 'dashboard', path: `${SLUG}/dashboard` },
  { name: 'dashboard-table', path: `${SLUG}/dashboard?range=7d`, act: showTable },
  { name: 'messages', path: `${SLUG}/messages` },
  { name: 'messages-no-match', path: `${SLUG}/messages?search=nobody%40far.example&status=held` },
  {
    name: 'messages-filtered',
    path: `${SLUG}/messages?reason=recipient-unknown&recipient=acme.example&time=all`,
  },
  { name: 'messages-filter-open', path: `${SLUG}/messages`, act: openFilter },
  { name: 'ask', path: `${SLUG}/ask` },
  { name: 'ask-answer', path: `${SLUG}/ask`, act: askAboutUnknown },
  { name: 'sender-page', path: async () => `/r/${(await reached('refused')).slice('msg_'.length)}` },
  { name: 'sender-page-unknown', path: '/r/nothing' },
  { name: 'policies', path: `${SLUG}/policies` },
  { name: 'policies-no-match', path: `${SLUG}/policies?search=nowhere.example` },
  { name: 'policy-types', path: `${SLUG}/policies/new` },
  { name: 'policy-new', path: `${SLUG}/policies/new?type=anti-spoofing`, act: startPolicy },
  { name: 'policy-attachments', path: `${SLUG}/policies/new?type=attachment-handling` },
  { name: 'policy-virus', path: `${SLUG}/policies/new?type=virus-scanning` },
  { name: 'policy', path: () => policyPath() },
  { name: 'groups', path: `${SLUG}/policies/groups` },
  { name: 'why-delivered', path: () => messagePath('delivered') },
  { name: 'why-refused', path: () => messagePath('refused') },
  { name: 'why-bounced', path: () => messagePath('bounced') },
  { name: 'why-waiting', path: () => messagePath('deferred', 'Patience') },
  { name: 'queue', path: `${SLUG}/queue` },
  { name: 'queue-selected', path: `${SLUG}/queue?state=queued`, act: selectQueued },
  { name: 'queue-held', path: `${SLUG}/queue?state=held`, act: holdAndPause },
  { name: 'queue-no-match', path: `${SLUG}/queue?search=nobody%40far.example` },
  { name: 'where', path: `${SLUG}/where` },
  { name: 'where-answer', path: `${SLUG}/where`, act: askWhereIsMail },
  { name: 'held', path: `${SLUG}/held`, act: (page) => page.getByText('Held by a person').first().waitFor() },
  { name: 'held-no-match', path: `${SLUG}/held?search=nobody%40far.example` },
  { name: 'held-message', path: () => heldPath(), act: lookInside },
  { name: 'held-rules', path: `${SLUG}/held-rules` },
  { name: 'archive', path: `${SLUG}/archive` },
  { name: 'archive-settings', path: `${SLUG}/archive/settings` },
  { name: 'digest', path: `${SLUG}/digest` },
  { name: 'spam-lessons', path: `${SLUG}/spam-lessons` },
  { name: 'held-link', path: '/held-link#token=unknown' },
  { name: 'users', path: `${SLUG}/users` },
  { name: 'users-no-match', path: `${SLUG}/users?search=nobody&enabled=no` },
  { name: 'users-selected', path: `${SLUG}/users`, act: selectUsers },
  { name: 'user', path: `${SLUG}/users/ann@acme.example` },
  { name: 'group', path: `${SLUG}/policies/groups`, act: openGroup },
  { name: 'sign-in-profiles', path: `${SLUG}/sign-in` },
  { name: 'sign-in-providers', path: `${SLUG}/sign-in?tab=providers` },
  { name: 'sign-in-passwords', path: `${SLUG}/sign-in?tab=passwords` },
  { name: 'sign-in-accounts', path: `${SLUG}/sign-in?tab=accounts` },
  { name: 'account', path: `${SLUG}/account` },
  { name: 'portal', path: '/portal' },
  { name: 'portal-refused', path: '/portal/refused' },
  { name: 'portal-senders', path: '/portal/senders' },
  { name: 'portal-account', path: '/portal/account' },
  { name: 'reset', path: '/reset' },
  { name: 'users-import', path: `${SLUG}/users`, act: previewImport },
  { name: 'directories-empty', path: `${SLUG}/directories` },
  { name: 'directory-new', path: `${SLUG}/directories/new` },
  { name: 'domains', path: `${SLUG}/domains` },
  { name: 'routes', path: `${SLUG}/routes` },
  { name: 'tls', path: `${SLUG}/tls` },
  { name: 'tls-partner', path: `${SLUG}/tls`, act: addTlsPartner },
  { name: 'forwarding-empty', path: `${SLUG}/forwarding` },
  { name: 'outbound', path: `${SLUG}/outbound`, act: makeLogin },
  { name: 'outbound-clouds', path: `${SLUG}/outbound`, act: switchCloudOn },
  { name: 'forwarding', path: `${SLUG}/forwarding`, act: addForwarding },
  { name: 'signing', path: `${SLUG}/signing`, act: makeKeys },
  { name: 'domains-zone', path: `${SLUG}/domains`, act: openZone },
  { name: 'domains-spf', path: `${SLUG}/domains`, act: openSpf },
  { name: 'senders-auto-allow', path: `${SLUG}/senders`, act: changeAutoAllow },
  { name: 'greylisting', path: `${SLUG}/greylisting` },
  { name: 'greylisting-never-retried', path: `${SLUG}/greylisting?list=never-retried` },
  { name: 'forgery', path: `${SLUG}/forgery` },
  { name: 'services', path: `${SLUG}/services` },
  { name: 'audit', path: `${SLUG}/audit`, act: openChange },
  { name: 'audit-no-match', path: `${SLUG}/audit?search=nothing-like-this` },
  { name: 'administrators', path: `${SLUG}/administrators`, act: inviteNora },
  { name: 'roles', path: `${SLUG}/roles` },
  { name: 'role-new', path: `${SLUG}/roles`, act: startRole },
  { name: 'tokens', path: `${SLUG}/tokens`, act: makeToken },
  { name: 'retention', path: `${SLUG}/retention` },
  { name: 'operators', path: '/system/operators' },
  { name: 'operator-invite', path: '/system/operators', act: startOperator },
  { name: 'system-audit', path: '/system/audit' },
  { name: 'system-tokens', path: '/system/tokens' },
  { name: 'invitation', path: () => invitationPath() },
  { name: 'invitation-over', path: '/invitation#token=used' },
  { name: 'settings', path: `${SLUG}/settings` },
  { name: 'alerts', path: `${SLUG}/alerts`, act: testAlerts },
  { name: 'system-alerts', path: '/system/alerts' },
  { name: 'readiness', path: '/system/readiness' },
  { name: 'refusals', path: '/system/refusals' },
  { name: 'organizations', path: '/system/organizations' },
  { name: 'search', path: `${SLUG}/dashboard`, act: openSearch },
  { name: 'search-hits', path: `${SLUG}/dashboard`, act: searchHits },
  { name: 'keys', path: `${SLUG}/dashboard`, act: openKeys },
  { name: 'guides', path: `${SLUG}/guides` },
  { name: 'guide', path: `${SLUG}/guides/concepts/message-flow` },
  { name: 'system-overview', path: '/system/overview' },
  { name: 'not-found', path: '/nowhere' },
  { name: 'api', path: '/docs/api' },
  { name: 'sandbox', path: () => sandbox.url },
]

let acme: Acme
let sandbox: Awaited<ReturnType<typeof startPage>>
let browser: Browser
let tab: Tab
let setupComplaints: readonly string[] = []

before(
  async () => {
    if (skip) return
    browser = await openBrowser()
    // Whoever is not signed in, or signs in wrongly, is told so by status.
    tab = await openTab(browser, {
      faultsExpected: /(GET \/v1\/me|POST \/v1\/sessions|\/v1\/setup\S*|\/v1\/invitations\/check): 4\d\d$/,
    })
    acme = await startAcme(ENVIRONMENT, async (gateway) => {
      setupComplaints = await lookAtSetup(gateway.setupUrl ?? '')
    })
    sandbox = await startPage(acme.world, { consoleUrl: () => acme.gateway.url })
    await moveMail()
  },
  { timeout: 180_000 },
)

after(async () => {
  await browser?.close()
  await sandbox?.stop()
  await acme?.stop()
})

test('page setup', { skip }, () => assert.deepEqual(setupComplaints, []))

for (const { name, path, act } of views) {
  test(`page ${name}`, { skip, timeout: PAGE_MS }, async () => {
    const { page } = tab
    const found = typeof path === 'string' ? path : await path()
    await page.goto(new URL(found, acme.gateway.url).href)
    await settled(page)
    await act?.(page)
    const complaints = await lookAt(page, name)
    assert.deepEqual([...tab.takeFaults(), ...complaints], [])
    if (name === 'setup-closed') await signIn(page)
  })
}

async function lookAtSetup(setupUrl: string): Promise<readonly string[]> {
  const { page } = tab
  await page.goto(setupUrl)
  await settled(page)
  await page.getByLabel('Your name').fill('Ada Admin')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByLabel('Primary domain').fill('acme.example')
  await page.getByRole('heading', { name: 'Why Exchange on-premises?' }).waitFor()
  return [...(await lookAt(page, 'setup')), ...tab.takeFaults()]
}

/** Mail of every kind that the message centre can show, so that no page is empty. */
async function moveMail(): Promise<void> {
  const { world, api, base } = acme
  for (const kind of ['unknown-recipient', 'foreign-domain', 'unauthorised', 'outbound', 'survey'] as const) {
    await world.act(kind)
  }
  await testRoute()
  world.acme.setRecipients(['ann@acme.example'])
  await world.act('partner', { to: 'bob@acme.example', subject: 'Minutes of Monday' })
  await reached('bounced')
  world.acme.setRecipients(['ann@acme.example', 'bob@acme.example'])
  await world.act('partner')
  await reached('delivered', 'Offer')
  // Strangers get in, which the step that locks the mail host shows.
  await api.call('POST', `${base}/lock/check`)
  world.acme.setDown(true)
  await world.act('partner', { subject: 'Patience' })
  await reached('deferred', 'Patience')
  await api.call('POST', `${base}/domains`, { name: 'acme-shop.example' })
}

async function testRoute(): Promise<void> {
  const { api, base } = acme
  type Routes = { readonly items: readonly { id: string; lastTest: { state: string; passed: boolean } }[] }
  const list = (): Promise<Routes> => api.call<Routes>('GET', `${base}/routes`)
  const id = (await list()).items[0]?.id
  await api.call('POST', `${base}/routes/${id}/test`, { recipient: 'ann@acme.example' })
  await eventually(list, ({ items }) => items[0]?.lastTest.passed === true, PAGE_MS)
  await api.call('POST', `${base}/routes/${id}/arrived`)
}

/** The id of a message with this status. */
async function reached(status: string, search = ''): Promise<string> {
  type Rows = { readonly items: readonly { readonly id: string }[] }
  const query = new URLSearchParams({ status, ...(search === '' ? {} : { search }) })
  const rows = await eventually(
    () => acme.api.call<Rows>('GET', `${acme.base}/messages?${query}`),
    ({ items }) => items.length > 0,
    PAGE_MS,
  )
  return rows.items[0]?.id ?? ''
}

async function messagePath(status: string, search?: string): Promise<string> {
  return `${SLUG}/messages/${await reached(status, search)}`
}

async function askAboutUnknown(page: Page): Promise<void> {
  await page.getByLabel('Client address').fill('198.51.100.7')
  await page.getByLabel('HELO').fill('mail.far.example')
  await page.getByLabel('Reverse-path').fill('bob@far.example')
  await page.getByLabel('Recipient').fill('nobody@acme.example')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await page.getByRole('heading', { name: 'The smallest change' }).waitFor()
}

/** A draft with a fault, which stands beside its field. */
async function startPolicy(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Survey tool')
  await page.getByLabel('Applies from').selectOption('domain')
  await page.getByLabel('Domain', { exact: true }).fill('acme.example')
  const names = page.getByRole('combobox', { name: 'Verified host names' })
  await names.fill('*.example')
  await names.press('Enter')
  await page.getByRole('heading', { name: 'Precedence' }).waitFor()
}

/** A policy that was changed once, so that there is a history. */
async function policyPath(): Promise<string> {
  const { api, base } = acme
  type Made = { readonly policy: { readonly id: string } }
  const draft = {
    type: 'blocked-senders',
    name: 'Deals that nobody wants',
    from: { kind: 'domain', domain: 'deals.example' },
    to: { kind: 'everyone' },
    option: { action: 'block' },
  }
  const { policy } = await api.call<Made>('POST', `${base}/policies`, { draft, reason: 'ticket 4711' })
  await api.call('PATCH', `${base}/policies/${policy.id}`, { enabled: false, reason: '' })
  return `${SLUG}/policies/${policy.id}`
}

async function signInWrongly(page: Page): Promise<void> {
  await page.getByLabel('Work address').fill('ada@acme.example')
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').waitFor()
}

async function signIn(page: Page): Promise<void> {
  await page.goto(new URL('/sign-in', acme.gateway.url).href)
  await page.getByLabel('Work address').fill('ada@acme.example')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
}

/** Holds what waits, sees it under Held mail, and pauses the route. */
async function holdAndPause(page: Page): Promise<void> {
  await page.goto(new URL(`${SLUG}/queue?state=queued`, acme.gateway.url).href)
  await selectQueued(page)
  await page.getByRole('button', { name: 'Select all that match' }).click()
  await page.getByRole('button', { name: 'Hold', exact: true }).click()
  await page.getByText(/^1 message is held$/).waitFor()
  await page.goto(new URL(`${SLUG}/queue?state=held`, acme.gateway.url).href)
  await page.getByText('Waits for a person').waitFor()
  await page.getByRole('switch', { name: 'Route Exchange' }).press('Space')
  await page.getByText('Delivery by Exchange is paused').waitFor()
}

async function heldPath(): Promise<string> {
  type Rows = { readonly items: readonly { readonly id: string }[] }
  const { items } = await acme.api.call<Rows>('GET', `${acme.base}/held`)
  return `${SLUG}/held/${items[0]?.id}`
}

async function askWhereIsMail(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'From' }).fill('nobody@bright.example')
  await page.getByRole('textbox', { name: 'To', exact: true }).fill('ann@acme.example')
  await page.getByRole('button', { name: 'Find it' }).click()
  await page.getByText('never reached us in this time').waitFor()
}

async function lookInside(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Look at the message' }).click()
  await page.getByText('Header fields').waitFor()
}

/** The hosts of Bright offer TLS with a certificate of nobody's. */
async function makeKeys(page: Page): Promise<void> {
  const make = page.getByRole('button', { name: 'Make keys of acme.example' })
  if (await make.isVisible().catch(() => false)) await make.click()
  await page.getByText('Copy to send to your DNS team').first().waitFor()
}

async function addForwarding(page: Page): Promise<void> {
  for (const [address, target] of [
    ['sales@acme.example', 'pat@bright.example'],
    ['info@acme.example', 'ann@acme.example'],
  ] as const) {
    await page.getByLabel('Mail for').fill(address)
    await page.getByLabel('goes to').fill(target)
    await page.getByRole('button', { name: 'Add forwarding address' }).click()
    await page.getByText(address, { exact: true }).waitFor()
  }
  await page.getByLabel('Mail for').fill('three@acme.example')
  await page.getByLabel('goes to').fill('ben@bright.example')
  await page.getByRole('button', { name: 'Test target' }).click()
  await page.getByRole('list', { name: 'Test of the target' }).waitFor({ timeout: 20_000 })
}

async function openGroup(page: Page): Promise<void> {
  const { api, base } = acme
  type Groups = { readonly items: readonly { readonly id: string }[] }
  const found = await api.call<Groups>('GET', `${base}/groups?search=Field%20staff`)
  const group =
    found.items[0] ?? (await api.call<{ id: string }>('POST', `${base}/groups`, { name: 'Field staff' }))
  await api.call('POST', `${base}/groups/${group.id}/members`, { add: ['ann@acme.example'] })
  await page.reload()
  await settled(page)
  await page.getByRole('button', { name: 'Field staff' }).click()
  await page.getByText('1 user in this group').waitFor()
}

async function previewImport(page: Page): Promise<void> {
  const text = 'email,name,aliases\ncarol@acme.example,Carol Clark,\ndave.acme.example,Dave Dean,\n'
  const file = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) }
  await page.getByLabel('CSV or XLSX file with users').setInputFiles(file)
  await page.getByText('Preview of people.csv').waitFor()
}

async function inviteNora(page: Page): Promise<void> {
  await page.getByLabel('Address', { exact: true }).fill('nora@acme.example')
  await page.getByLabel('Name', { exact: true }).fill('Nora Nyberg')
  await page.getByRole('button', { name: 'Make invitation' }).click()
  await page.getByText('The invitation of nora@acme.example is ready').waitFor()
}

async function invitationPath(): Promise<string> {
  const body = { email: 'vera@acme.example', name: 'Vera Vance', role: 'help-desk' }
  const { link } = await acme.api.call('POST', `${acme.base}/invitations`, body)
  const { pathname, hash } = new URL(String(link))
  return pathname + hash
}
