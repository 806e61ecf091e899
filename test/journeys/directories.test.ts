// Story in a browser (C2): an LDAP directory is connected. The wrong password and the unknown certificate say
// what to do, the fingerprint is confirmed, the preview accepted; a newcomer is known at the edge seconds
// after "Synchronise now". Then each answer of a real Active Directory, as its page shows it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sendMessage } from '@gatepost/sandbox/senders.ts'
import type { Browser } from 'playwright-core'
import { SYNC as AD_SYNC, DOMAIN, type Samba, sambaMissing, startSamba } from '../directory/lib/samba.ts'
import { BASE, peopleLdif, type Slapd, SYNC, slapdMissing, startSlapd } from '../directory/lib/slapd.ts'
import { type Acme, startAcme } from './lib/acme.ts'
import { eventually } from './lib/api.ts'
import { chromiumMissing, openBrowser, openTab, settled, type Tab } from './lib/browser.ts'
import { lookAt } from './lib/look.ts'

const skip = chromiumMissing() || slapdMissing()
const STORY_MS = 400_000
const PEOPLE = 40

let slapd: Slapd
let acme: Acme
let browser: Browser
let tab: Tab
let sent = 0

before(
  async () => {
    if (skip) return
    slapd = await startSlapd(peopleLdif(0, PEOPLE, 'acme.example'))
    acme = await startAcme({ GATEPOST_WORKERS: '1' })
    browser = await openBrowser()
    tab = await openTab(browser, { faultsExpected: /test: 429|GET \/v1\/me: 401|directories: 422/ })
    const { page } = tab
    await page.goto(new URL('/sign-in', acme.gateway.url).href)
    await page.getByLabel('Work address').fill('ada@acme.example')
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
  },
  { timeout: STORY_MS },
)
after(async () => {
  await browser?.close()
  await acme?.stop()
  await slapd?.stop()
})

async function open(path: string): Promise<void> {
  await tab.page.goto(new URL(path, acme.gateway.url).href)
  await settled(tab.page)
}

/** From the top: a bar that stays would cover what stands where the page was scrolled to. */
async function looksFine(name: string): Promise<void> {
  await settled(tab.page)
  await tab.page.evaluate('scrollTo(0, 0)')
  assert.deepEqual(await lookAt(tab.page, name), [], name)
}

/** Runs the tests of the page until their sentence says what is expected. */
async function runTests(says: RegExp): Promise<void> {
  const { page } = tab
  await eventually(
    async () => {
      const button = page.getByRole('button', { name: 'Run the tests' })
      if (await button.isEnabled()) await button.click()
      await page.waitForTimeout(1_500)
      return page.getByText(says).count()
    },
    (count) => count > 0,
    60_000,
  )
}

/** What the edge says to a message for an address. */
async function replyTo(address: string): Promise<boolean> {
  sent += 1
  const result = await sendMessage({
    port: acme.gateway.mxPort,
    proxy: { sourceIp: '203.0.113.10', sourcePort: 30_000 + sent },
    helo: 'mail.bright.example',
    reversePath: 'news@bright.example',
    forwardPaths: [address],
    content: `From: <news@bright.example>\r\nTo: <${address}>\r\nSubject: Hello ${sent}\r\n\r\nHello\r\n`,
  })
  return result.accepted
}

test('C2: connected, tested, previewed, synchronised; a newcomer reaches the edge', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await open('/t/acme-ltd/connect/synchronize-directory')
  await page.getByText('Usual here').waitFor()
  await looksFine('c2-choose')

  await page.getByLabel('Server', { exact: true }).fill('127.0.0.1')
  await page.getByLabel('Port').fill(String(slapd.tlsPort))
  await page.getByLabel('Account', { exact: true }).fill(SYNC.userName)
  await page.getByRole('textbox', { name: 'Password' }).fill('wrong')
  await page.getByLabel('Base DN').fill(BASE)
  await page.getByRole('button', { name: 'Save connector' }).click()
  await runTests(/was not issued by an authority/)
  await looksFine('c2-certificate')

  await page.getByRole('button', { name: 'Confirm the fingerprint' }).click()
  await page.getByText(/, pinned/).waitFor()
  await runTests(/refuses name and password/)
  await looksFine('c2-wrong-password')

  await page.getByRole('button', { name: 'Edit connection' }).click()
  await page.getByRole('textbox', { name: 'Password' }).fill(SYNC.password)
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByRole('button', { name: 'Edit connection' }).waitFor()
  await page.getByLabel('Look up one address').fill('alias.user00003@acme.example')
  await runTests(/All required tests passed/)
  await looksFine('c2-tested')

  await page.getByRole('button', { name: 'Preview the changes' }).click()
  await page.getByRole('button', { name: 'Carry these changes out' }).waitFor({ timeout: 240_000 })
  await looksFine('c2-preview')
  assert.equal(await replyTo('user00003@acme.example'), false)
  await page.getByRole('button', { name: 'Carry these changes out' }).click()
  await page.getByText(/^Done: 40 new/).waitFor({ timeout: 240_000 })
  await looksFine('c2-done')
  assert.equal((await page.content()).includes(SYNC.password), false)
  await eventually(() => replyTo('alias.user00003@acme.example'), Boolean, 20_000)

  slapd.modify(
    `dn: cn=zoe,ou=Users,${BASE}\nchangetype: add\nobjectClass: user\ncn: zoe\nsn: zoe\nmail: zoe@acme.example\n`,
  )
  const pressedAt = performance.now()
  await page.getByRole('button', { name: 'Synchronise now' }).click()
  await eventually(() => replyTo('zoe@acme.example'), Boolean, 30_000)
  const seconds = (performance.now() - pressedAt) / 1_000
  process.stdout.write(`# from "Synchronise now" to the edge's yes: ${seconds.toFixed(1)} s\n`)
  assert.ok(seconds < 10, `${seconds.toFixed(1)} s`)

  await open('/t/acme-ltd/directories')
  await looksFine('directories')
  await page.getByRole('link', { name: 'Active Directory' }).click()
  await page.getByRole('heading', { name: 'History' }).waitFor()
  await page.getByRole('button', { name: 'Changes', exact: true }).first().click()
  await looksFine('directory')
  assert.deepEqual(tab.takeFaults(), [])
})

test('each answer of a real Active Directory, as the page shows it', {
  skip: skip || sambaMissing(),
  timeout: STORY_MS,
}, async () => {
  let samba: Samba | null = null
  try {
    samba = await startSamba()
    const person = 'Passw0rd!Person1'
    samba.tool('user', 'create', 'sync', AD_SYNC.password)
    samba.tool('user', 'create', 'bob', person)
    samba.tool('user', 'disable', 'bob')
    samba.tool('user', 'create', 'mary', person, '--must-change-at-next-login')
    const settings = {
      kind: 'ldap',
      host: samba.address,
      certificateName: 'dc1.corp.example',
      authority: samba.authority,
      userName: AD_SYNC.userName,
    }
    for (const [name, more, secret, says] of [
      ['ad-52e', {}, 'wrong', /49\/52e/],
      ['ad-533', { userName: 'bob@corp.example' }, person, /49\/533/],
      ['ad-773', { userName: 'mary@corp.example' }, person, /49\/773/],
      ['ad-8', { port: 389, encryption: 'none' }, AD_SYNC.password, /result 8/],
      ['ad-name', { certificateName: null }, AD_SYNC.password, /not for 127\./],
      ['ad-port', { port: 389 }, AD_SYNC.password, /did not agree on TLS on port 389/],
      ['ad-empty', { baseDn: `CN=Computers,${DOMAIN}` }, AD_SYNC.password, /Nobody with an address/],
    ] as const) {
      const body = { name, settings: { ...settings, ...more }, secret }
      const { id } = await acme.api.call<{ id: string }>('POST', `${acme.base}/directories`, body)
      await acme.api.call('POST', `${acme.base}/directories/${id}/test`, {})
      await open(`/t/acme-ltd/directories/${id}`)
      await tab.page.getByText(says).waitFor({ timeout: 240_000 })
      await looksFine(name)
    }
    assert.deepEqual(tab.takeFaults(), [])
  } finally {
    samba?.stop()
  }
})
