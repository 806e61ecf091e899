// Signing in, in a real browser: passkeys by Chromium's virtual authenticator, codes, recovery codes, reset
// by mail, a temporary password, the portal of end users, and Connect's step C4.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { totpCode } from '@gatepost/server/control/auth/totp.ts'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { type Acme, startAcme } from './lib/acme.ts'
import { createApi, eventually } from './lib/api.ts'
import { chromiumMissing, openBrowser, openTab, settled, type Tab } from './lib/browser.ts'
import { textOfLetter } from './lib/letter.ts'
import { lookAt } from './lib/look.ts'

const skip = chromiumMissing()
const STORY_MS = 400_000
const ADMIN = 'ada@acme.example'
const PASSWORD = 'correct horse battery'
const REFUSALS = /(GET \/v1\/me|POST \/v1\/(sessions|me|password-resets)\S*): 4\d\d$/

let acme: Acme
let browser: Browser
let tab: Tab
let authenticator: CDPSession

before(
  async () => {
    if (skip) return
    browser = await openBrowser()
    tab = await openTab(browser, { faultsExpected: REFUSALS })
    acme = await startAcme()
    authenticator = await tab.page.context().newCDPSession(tab.page)
    await authenticator.send('WebAuthn.enable')
    await authenticator.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
      },
    })
  },
  { timeout: STORY_MS },
)

after(async () => {
  await browser?.close()
  await acme?.stop()
})

async function open(page: Page, path: string): Promise<void> {
  await page.goto(new URL(path, acme.gateway.url).href)
  await settled(page)
}

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await open(page, '/sign-in')
  await page.getByLabel('Work address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

async function signOut(page: Page): Promise<void> {
  await page.evaluate("fetch('/v1/sessions/current', { method: 'DELETE' }).then(() => undefined)")
}

let recoveryCodes: string[] = []

test('a passkey is added, with recovery codes, and signs in without a password', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await signIn(page, ADMIN, PASSWORD)
  await page.waitForURL(/\/t\/acme-ltd\//)
  await open(page, '/account')
  await page.getByText('Your account needs a second factor').waitFor()
  assert.deepEqual([...(await lookAt(page, 'account')), ...tab.takeFaults()], [])
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByLabel('Name of this passkey').fill('Work laptop')
  await page.getByRole('button', { name: 'Create the passkey' }).click()
  await page.getByText('Keep these recovery codes now').waitFor()
  recoveryCodes = await page
    .getByRole('list', { name: 'Recovery codes' })
    .getByRole('listitem')
    .allInnerTexts()
  assert.equal(recoveryCodes.length, 10)
  assert.deepEqual([...(await lookAt(page, 'account-recovery-codes')), ...tab.takeFaults()], [])
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await page.getByText('10 of 10 left').waitFor()
  await signOut(page)

  await open(page, '/sign-in')
  assert.deepEqual([...(await lookAt(page, 'sign-in')), ...tab.takeFaults()], [])
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.waitForURL(/\/t\/acme-ltd\//)
  await open(page, '/account')
  await page.getByText(/by passkey, since/).waitFor()
})

test('a password alone no longer signs in: passkey or recovery code, each code once', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await signOut(page)
  await signIn(page, ADMIN, PASSWORD)
  await page.getByRole('heading', { name: 'Second step' }).waitFor()
  assert.deepEqual([...(await lookAt(page, 'sign-in-second-step')), ...tab.takeFaults()], [])
  // Before the second step the session opens nothing, and says nothing of the person.
  const peek = await page.evaluate("fetch('/v1/tenants/acme-ltd').then((answer) => answer.status)")
  assert.equal(peek, 401)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.waitForURL(/\/t\/acme-ltd\//)
  await signOut(page)

  for (const [index, isGood] of [true, false].entries()) {
    await signIn(page, ADMIN, PASSWORD)
    await page.getByLabel('Recovery code').fill(recoveryCodes[0] ?? '')
    await page.getByRole('button', { name: 'Go on' }).click()
    if (isGood) await page.waitForURL(/\/t\/acme-ltd\//)
    else await page.getByText('The code is wrong, or was used already').waitFor()
    if (index === 0) await signOut(page)
  }
  await page.getByLabel('Recovery code').fill(recoveryCodes[1] ?? '')
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.waitForURL(/\/t\/acme-ltd\//)
  tab.takeFaults()
})

test('an authenticator app is added by its QR code, and a code is good once', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await open(page, '/account')
  await page.getByText('8 of 10 left').waitFor()
  await page.getByRole('button', { name: 'Add an authenticator app' }).click()
  await page.getByRole('img', { name: 'QR code for the app' }).waitFor()
  const key = (await page.locator('form span.mono').first().innerText()).replaceAll(' ', '')
  assert.match(key, /^[A-Z2-7]{32}$/)
  assert.deepEqual([...(await lookAt(page, 'account-totp')), ...tab.takeFaults()], [])
  const first = totpCode(key, Date.now())
  await page.getByLabel('Code of the app').fill(first)
  await page.getByRole('button', { name: 'Add this app' }).click()
  await page.getByText('Authenticator app, added').waitFor()
  await signOut(page)
  await signIn(page, ADMIN, PASSWORD)
  await page.getByRole('heading', { name: 'Enter the code' }).waitFor()
  // The code that proved the app was used: it does not sign in as well.
  await page.getByLabel('Code', { exact: true }).fill(first)
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByText('The code is wrong, or was used already').waitFor()
  await page.getByLabel('Code', { exact: true }).fill(totpCode(key, Date.now() + 30_000))
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.waitForURL(/\/t\/acme-ltd\//)
  await open(page, '/account')
  await page.getByText(/by password and code, since/).waitFor()
  tab.takeFaults()
})

test('sign-in settings: profiles, providers, rules, accounts', { skip, timeout: STORY_MS }, async () => {
  const { page } = tab
  for (const name of ['profiles', 'providers', 'passwords', 'accounts']) {
    await open(page, `/t/acme-ltd/sign-in?tab=${name}`)
    assert.deepEqual([...(await lookAt(page, `sign-in-${name}`)), ...tab.takeFaults()], [], name)
  }
  await open(page, '/t/acme-ltd/sign-in')
  await page.getByRole('button', { name: 'Change Administrators' }).click()
  await page.getByLabel('Permitted ranges').fill('192.0.2.0/24')
  assert.deepEqual([...(await lookAt(page, 'sign-in-profile')), ...tab.takeFaults()], [])
  await page.getByRole('button', { name: 'Save profile' }).click()
  await page.getByText('you would lock yourself out').first().waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await open(page, '/t/acme-ltd/sign-in?tab=providers')
  await page.getByRole('button', { name: 'Add an identity provider' }).click()
  await page.getByText('SAML 2.0').first().click()
  assert.deepEqual([...(await lookAt(page, 'sign-in-provider-form'))], [])
  tab.takeFaults()
})

test('Connect C4: the choice is tested before it counts, and shows as done', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await open(page, '/t/acme-ltd/connect/user-authentication')
  await page.getByText('By your organisation’s sign-in page').click()
  await page.getByText('First a test sign-in has to pass').waitFor()
  assert.ok(await page.getByRole('button', { name: 'Enable for everyone' }).isDisabled())
  await page.getByText('With a password kept here').click()
  await page.getByRole('button', { name: 'Use passwords kept here only' }).click()
  await page.getByText('People sign in by: Password or passkey').waitFor()
  await page.getByText('Done').first().waitFor()
  assert.deepEqual([...(await lookAt(page, 'step-user-authentication-done')), ...tab.takeFaults()], [])
})

test('a user gets a temporary password, sets an own one, and lands in the portal alone', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await open(page, '/t/acme-ltd/sign-in?tab=accounts')
  await page.getByLabel('Address of a user who gets an account').fill('ann@acme.example')
  await page.getByRole('button', { name: 'Let a user sign in' }).click()
  await page.getByText('Temporary password of ann@acme.example').waitFor()
  const temporary = await page.getByRole('status').locator('.mono').first().innerText()
  assert.match(temporary, /^([a-z]{4}-){4}[a-z]{4}$/)

  const other = await openTab(browser, { faultsExpected: REFUSALS })
  await signIn(other.page, 'ann@acme.example', temporary)
  await other.page.getByRole('heading', { name: 'Set your own password' }).waitFor()
  assert.deepEqual([...(await lookAt(other.page, 'sign-in-change-password')), ...other.takeFaults()], [])
  await other.page.getByLabel('New password', { exact: true }).fill('acme.example')
  await other.page.getByRole('button', { name: 'Set password and go on' }).click()
  await other.page
    .getByText(/Leave “.+” out/)
    .first()
    .waitFor()
  await other.page.getByLabel('New password', { exact: true }).fill('seven owls on a river stone')
  await other.page.getByRole('button', { name: 'Set password and go on' }).click()
  await other.page.waitForURL(/\/portal$/)
  await settled(other.page)
  await other.page.getByRole('heading', { level: 1, name: 'Held mail' }).waitFor()
  assert.deepEqual([...(await lookAt(other.page, 'portal')), ...other.takeFaults()], [])
  for (const path of ['/', '/t/acme-ltd/dashboard', '/system/readiness', '/account']) {
    await open(other.page, path)
    assert.match(other.page.url(), /\/portal$/, `${path} shows nothing of the console`)
  }
  const status = await other.page.evaluate(
    "fetch('/v1/tenants/acme-ltd/users').then((answer) => answer.status)",
  )
  assert.equal(status, 403)
  await other.close()
})

test('a lost password is set anew by a link in mail, once', { skip, timeout: STORY_MS }, async () => {
  const other = await openTab(browser, { faultsExpected: REFUSALS })
  const { page } = other
  await open(page, '/reset')
  assert.deepEqual([...(await lookAt(page, 'reset')), ...other.takeFaults()], [])
  await page.getByLabel('Work address').fill('bob@acme.example')
  await page.getByRole('button', { name: 'Send the link' }).click()
  await page.getByText('a link is on its way').waitFor()
  const mail = await eventually(
    async () =>
      acme.world.acme.messages().find(({ forwardPaths }) => forwardPaths.includes('bob@acme.example')),
    (found) => found !== undefined,
    30_000,
  )
  const text = textOfLetter(mail?.content)
  const [link = ''] = /http:\S+reset#token=\S+/.exec(text) ?? []
  assert.ok(link.startsWith(acme.gateway.url), text)
  await page.goto(link)
  await page.getByText('For bob@acme.example').waitFor()
  await page.getByLabel('New password', { exact: true }).fill('nine herons at the weir')
  await page.getByRole('button', { name: 'Set password', exact: true }).click()
  await page.getByText('Your password is set').waitFor()
  await signIn(page, 'bob@acme.example', 'nine herons at the weir')
  await page.waitForURL(/\/portal$/)
  const token = link.split('token=')[1] ?? ''
  const again = await createApi(acme.gateway.url).raw('POST', '/v1/password-resets/check', { token })
  assert.equal(again.status, 403)
  await other.close()
})
