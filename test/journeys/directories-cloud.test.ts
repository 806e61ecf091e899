// Story in a browser: Entra ID connected from its instructions to the first people. A secret's id pasted for
// the secret is recognised before it is sent, the tests say what is missing, and the preview is accepted.
// Google and the agent's sites are looked at, too.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type GoogleServer, startGoogleDirectory } from '@gatepost/sandbox/google-directory.ts'
import { type GraphServer, startGraph } from '@gatepost/sandbox/graph.ts'
import type { Browser } from 'playwright-core'
import { type Acme, startAcme } from './lib/acme.ts'
import { eventually } from './lib/api.ts'
import { chromiumMissing, openBrowser, openTab, settled, type Tab } from './lib/browser.ts'
import { lookAt } from './lib/look.ts'

const skip = chromiumMissing()
const STORY_MS = 400_000
let graph: GraphServer
let google: GoogleServer
let acme: Acme
let browser: Browser
let tab: Tab

before(
  async () => {
    if (skip) return
    graph = await startGraph()
    google = await startGoogleDirectory()
    fill()
    acme = await startAcme({
      GATEPOST_DIRECTORIES_ENTRA_LOGIN: graph.url,
      GATEPOST_DIRECTORIES_ENTRA_GRAPH: graph.url,
      GATEPOST_DIRECTORIES_GOOGLE_TOKEN: google.token,
      GATEPOST_DIRECTORIES_GOOGLE_API: google.api,
    })
    browser = await openBrowser()
    tab = await openTab(browser, { faultsExpected: /test: 429|GET \/v1\/me: 401|directories: 422/ })
    await signIn()
  },
  { timeout: STORY_MS },
)
after(async () => {
  await browser?.close()
  await acme?.stop()
  await graph?.stop()
  await google?.stop()
})

function fill(): void {
  for (const name of ['carla', 'dora', 'emil'])
    graph.objects.put('users', {
      id: `entra-${name}`,
      displayName: name[0]?.toUpperCase() + name.slice(1),
      mail: `${name}@acme.example`,
      userPrincipalName: `${name}@acme.example`,
      proxyAddresses: [`SMTP:${name}@acme.example`],
      accountEnabled: name !== 'emil',
      userType: 'Member',
    })
  graph.app.state = 'fine'
}

async function signIn(): Promise<void> {
  const { page } = tab
  await page.goto(new URL('/sign-in', acme.gateway.url).href)
  await page.getByLabel('Work address').fill('ada@acme.example')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
}

/** From the top: a bar that stays would cover what stands where the page was scrolled to. */
async function looksFine(name: string): Promise<readonly string[]> {
  await tab.page.evaluate('scrollTo(0, 0)')
  return lookAt(tab.page, name)
}

async function open(path: string): Promise<void> {
  await tab.page.goto(new URL(path, acme.gateway.url).href)
  await settled(tab.page)
}

test('Entra ID is connected: secret id recognised, tests shown, people read', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await open('/t/acme-ltd/directories/new')
  await page.getByRole('radio', { name: /Entra ID/ }).check()
  await page.getByLabel('Directory (tenant) ID').fill(graph.domain)
  await page.getByLabel('Application (client) ID').fill(graph.app.clientId)
  await page.getByRole('textbox', { name: /^Client secret/ }).fill('0f8fad5b-d9cb-469f-a165-70867728950e')
  await page.getByText('This is the ID of the secret, not the secret').waitFor()
  assert.deepEqual(await looksFine('directory-entra-secret-id'), [])
  await page.getByRole('button', { name: 'Save connector' }).click()
  assert.equal(graph.requests.length, 0)

  await page.getByRole('textbox', { name: /^Client secret/ }).fill(graph.app.secret)
  await page.getByRole('button', { name: 'Save connector' }).click()
  await page.waitForURL(/\/directories\/con_/)
  graph.app.roles = ['User.Read.All']
  await page.getByRole('button', { name: 'Run the tests' }).click()
  await page.getByText(/not enough to read groups and their members/).waitFor()
  await settled(page)
  assert.deepEqual(await looksFine('directory-entra-no-permission'), [])

  graph.app.roles = ['User.Read.All', 'GroupMember.Read.All']
  const rest = await acme.api.call<{ items: { id: string }[] }>('GET', `${acme.base}/directories`)
  const id = rest.items[0]?.id ?? ''
  await eventually(
    async () => {
      await page.getByRole('button', { name: 'Run the tests' }).click()
      return page.getByText(/The token holds User\.Read\.All, GroupMember/).count()
    },
    (count) => count > 0,
    STORY_MS,
  )
  await settled(page)
  await page.getByText('All required tests passed').waitFor()
  assert.deepEqual(await looksFine('directory-entra-tested'), [])
  assert.equal((await page.content()).includes(graph.app.secret), false)

  const run = await acme.api.call<{ id: string }>('POST', `${acme.base}/directories/${id}/sync`, {
    preview: true,
  })
  const runOf = () =>
    acme.api.call<{ state: string; adds: number }>('GET', `${acme.base}/directories/${id}/runs/${run.id}`)
  const previewed = await eventually(runOf, ({ state }) => state === 'previewed', STORY_MS)
  assert.equal(previewed.adds, 3)
  await settled(page)
  assert.deepEqual(await looksFine('directory-entra-preview'), [])
  await acme.api.call('POST', `${acme.base}/directories/${id}/runs/${run.id}/accept`, { removals: 0 })
  await eventually(runOf, ({ state }) => state === 'done', STORY_MS)
  const users = await acme.api.call<{ items: { email: string; enabled: boolean }[] }>(
    'GET',
    `${acme.base}/users`,
  )
  const emil = users.items.find(({ email }) => email === 'emil@acme.example')
  assert.equal(emil?.enabled, false, 'a disabled account may not sign in')
  assert.deepEqual(tab.takeFaults(), [])
})

test('Google shows the client id and the scopes to paste', { skip, timeout: STORY_MS }, async () => {
  const { page } = tab
  await acme.api.call('PATCH', acme.base, { environment: 'google-workspace' })
  await open('/t/acme-ltd/directories/new')
  await page.getByRole('radio', { name: /Google Workspace/ }).check()
  await page.getByLabel(/^Key of the service account/).fill(google.keyJson)
  await page.getByText(google.clientId, { exact: true }).waitFor()
  await page.getByText(/^https.*admin\.directory\.group\.readonly/).waitFor()
  await page.getByLabel('Administrator').fill(google.adminEmail)
  assert.deepEqual(await looksFine('directory-google'), [])
  google.state.delegated = false
  await page.getByRole('button', { name: 'Save connector' }).click()
  await page.waitForURL(/\/directories\/con_/)
  await page.getByRole('button', { name: 'Run the tests' }).click()
  await page.getByText(new RegExp(`client ID ${google.clientId}`)).waitFor()
  assert.deepEqual(await looksFine('directory-google-no-delegation'), [])
  assert.deepEqual(tab.takeFaults(), [])
})

test('a site is added and paired with the code on the page', { skip, timeout: STORY_MS }, async () => {
  const { page } = tab
  await acme.api.call('PATCH', acme.base, { environment: 'on-premises' })
  await open('/t/acme-ltd/directories/new')
  await page.getByRole('radio', { name: /Synchronisation agent/ }).check()
  await page.getByLabel('New site').fill('Head office')
  await page.getByRole('button', { name: 'Add site' }).click()
  await page.getByText('Pair the agent of Head office with this code').waitFor()
  const command = await page.getByText(/^gatepost-agent pair/).textContent()
  assert.deepEqual(await looksFine('directory-agent-code'), [])
  const [, , , code = ''] = (command ?? '').split(' ')
  const about = { version: '0.1.0', platform: 'linux x64', hostName: 'dc-helper.acme.example' }
  await acme.api.call('POST', '/v1/agent/pair', { ...about, code })
  await page.getByText('The agent of Head office is paired').waitFor()
  assert.deepEqual(await looksFine('directory-agent-paired'), [])
  const program = await fetch(new URL('/v1/agent/programs/gatepost-agent.mjs', acme.gateway.url))
  assert.match(await program.text(), /^#!\/usr\/bin\/env node/)
  assert.deepEqual(tab.takeFaults(), [])
})

test('one application of the operator: set, consented by a link, used by a connector', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await open('/system/entra-app')
  await page.getByLabel('Application (client) ID').fill(graph.app.clientId)
  await page.getByRole('textbox', { name: /^Client secret/ }).fill(graph.app.secret)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('status').getByText('The application is saved.').waitFor()
  await page.getByText('set on').waitFor()
  await settled(page)
  assert.deepEqual(await looksFine('entra-app-set'), [])
  assert.equal((await page.content()).includes(graph.app.secret), false)

  await open('/t/acme-ltd/directories/new')
  await page.getByRole('radio', { name: /Entra ID/ }).check()
  await page.getByText('Your provider’s application').click()
  await page.getByRole('button', { name: 'Make the link' }).click()
  const link = page.getByRole('link', { name: 'Consent at Microsoft' })
  await link.waitFor()
  assert.deepEqual(await looksFine('directory-entra-consent'), [])
  const target = new URL((await link.getAttribute('href')) ?? '')
  assert.equal(target.origin, graph.url)
  await page.goto(target.href)
  await page.getByText('The consent is yours').waitFor()
  assert.deepEqual(await looksFine('directory-consent-granted'), [])

  const body = { name: 'By consent', settings: { kind: 'entra', app: 'provider' } }
  const { id } = await acme.api.call<{ id: string }>('POST', `${acme.base}/directories`, body)
  await open(`/t/acme-ltd/directories/${id}`)
  await page.getByRole('button', { name: 'Run the tests' }).click()
  await page.getByText('All required tests passed').waitFor()
})
