// Stories of held mail: the help desk finds a mail that never came, an end user releases one from a digest on
// a phone, and an administrator trusts a service from its held mail in two clicks, so that the next one
// passes.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type SendOptions, sendMessage } from '@gatepost/sandbox/senders.ts'
import type { Browser, Page } from 'playwright-core'
import { ACME_IP, type Acme, live, startAcme } from './lib/acme.ts'
import { eventually } from './lib/api.ts'
import { chromiumMissing, openBrowser, openTab, settled, type Tab } from './lib/browser.ts'
import { partsOfLetter, textOfLetter } from './lib/letter.ts'
import { lookAt } from './lib/look.ts'

const skip = chromiumMissing()
const STORY_MS = 400_000
const PHONE = { width: 390, height: 844 }
/** Of the sandbox's survey service; its reverse name leads back to it. */
const SURVEY = { ip: '203.0.113.77', helo: 'out7.survey.example', from: 'bounce-17@survey.example' }

let acme: Acme
let browser: Browser
let tab: Tab

before(
  async () => {
    if (skip) return
    acme = await startAcme()
    browser = await openBrowser()
    tab = await openTab(browser)
    await signIn(tab.page)
  },
  { timeout: 240_000 },
)

after(async () => {
  await browser?.close()
  await acme?.stop()
})

test('the help desk: a mail that never came, a bounce that somebody got, and word when it comes', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page, hands } = tab
  await open('/t/acme-ltd/where')
  await page.getByRole('textbox', { name: 'From' }).fill('ben@bright.example')
  await page.getByRole('textbox', { name: 'To', exact: true }).fill('ann@acme.example')
  await hands.click(page.getByRole('button', { name: 'Find it' }))
  await page.getByText('A message of ben@bright.example never reached us in this time.').waitFor()
  await page.getByText('This gateway ran all the time.').waitFor()
  await page.getByRole('textbox', { name: /^Tell/ }).fill('ann@acme.example')
  await hands.click(page.getByRole('button', { name: 'Tell me', exact: true }))
  await page.getByText('ann@acme.example is told when it comes').waitFor()
  const done = await acme.world.act('unknown-recipient')
  const refusal = done.result.replies.find(({ code }) => code === 550)
  const reply = `${refusal?.code} ${refusal?.status} ${refusal?.text}`
  assert.match(reply, /^550 5\.1\.1/)
  await page.getByLabel('The report its sender got').fill(`The server said: ${reply}`)
  await hands.click(page.getByRole('button', { name: 'Find it' }))
  await page.getByText('The recipient’s address does not exist.').first().waitFor()
  await acme.world.act('partner')
  await page.getByText(/^came .* was told/).waitFor({ timeout: 240_000 })
  await eventually(
    async () => has('Subject: The message you wait for is here'),
    (is) => is,
    60_000,
  )
  assert.deepEqual(tab.takeFaults(), [])
})

test('an end user releases from a digest on a phone; a scanner that opens its links changes nothing', {
  skip,
  timeout: STORY_MS,
}, async () => {
  await acme.world.act('spam', { to: 'bob@acme.example' })
  const held = await heldBy('spam', 'lottery.example')
  await acme.api.call('POST', `${acme.base}/digest/send`, { mailbox: 'bob@acme.example' })
  const letter = await eventually(
    async () => contents().find((content) => content.includes('multipart/alternative')),
    (found) => found !== undefined,
  )
  const link = /https?:\S+held-link#token=\S+/.exec(textOfLetter(letter ?? ''))?.[0]
  assert.ok(link, 'the digest has no link')
  const url = new URL(link)
  // Every kind of link in it, as scanners open them: the message's own, and the portal.
  const links = new Set(partsOfLetter(letter ?? '').flatMap((part) => part.match(/https?:[^\s"<]+/g) ?? []))
  assert.deepEqual([...links].map((one) => new URL(one).pathname).sort(), ['/held-link', '/portal'])
  for (const one of links) {
    const bare = new URL(one.replaceAll('&amp;', '&'))
    const asQuery = new URL(`${bare.pathname}?${bare.hash.slice(1)}`, acme.gateway.url)
    for (const target of [new URL(bare.pathname, acme.gateway.url), asQuery]) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) await (await fetch(target, { method })).text()
    }
  }
  for (const path of ['/v1/digest-links/view', '/v1/digest-links/act']) {
    const asked = await fetch(new URL(`${path}?${url.hash.slice(1)}&action=release`, acme.gateway.url))
    assert.ok(asked.status >= 400, `${path} answers GET with ${asked.status}`)
  }
  assert.equal(await stateOf(held), 'held')
  const phone = await openTab(browser)
  await phone.page.setViewportSize(PHONE)
  await phone.page.goto(new URL(`${url.pathname}${url.hash}`, acme.gateway.url).href)
  await phone.page.getByText('Nothing happens until you choose.').waitFor()
  assert.equal(await stateOf(held), 'held')
  assert.deepEqual(await lookAt(phone.page, 'held-link-open'), [])
  await phone.page.setViewportSize(PHONE)
  await phone.hands.click(phone.page.getByRole('button', { name: 'Release', exact: true }))
  await phone.page.getByText('It is released and on its way.').waitFor()
  await eventually(
    async () => has('YOU WON 1,000,000 USD'),
    (is) => is,
  )
  await phone.page.reload()
  await phone.page.getByText(/It (is|was) released/).waitFor()
  assert.deepEqual([phone.hands.clicks(), phone.takeFaults()], [1, []])
  await phone.close()
})

test('an administrator trusts a survey service from its held mail in two clicks; the next one passes', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page, hands } = tab
  assert.match(await survey('You won the spring survey'), /^250/)
  const held = await heldBy('spam', 'spring survey')
  await open(`/t/acme-ltd/held/${held}`)
  await page.getByRole('button', { name: 'Look at the message' }).click()
  await page.getByText('Header fields').waitFor()
  assert.deepEqual(await lookAt(page, 'held-spam'), [])
  const before = hands.clicks()
  await hands.click(page.getByRole('button', { name: 'Trust this service' }))
  await hands.click(page.getByRole('button', { name: 'Trust and release' }))
  await page.getByText('1 message released').waitFor()
  assert.equal(hands.clicks() - before, 2)
  await live(acme.api, acme.base)
  assert.match(await survey('You won the summer survey'), /^250/)
  for (const subject of ['You won the spring survey', 'You won the summer survey']) {
    await eventually(
      async () => has(subject),
      (is) => is,
    )
  }
  assert.deepEqual(tab.takeFaults(), [])
})

test('an end user looks at the portal on a phone, sees what is held, and lets one go', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { temporaryPassword } = await acme.api.call<{ readonly temporaryPassword: string }>(
    'POST',
    `${acme.base}/accounts`,
    { email: 'ann@acme.example' },
  )
  for (const subject of ['You won the portal prize', 'You won another portal prize']) {
    assert.match(await survey(subject, { from: 'win@lottery.example', to: 'ann@acme.example' }), /^250/)
    await heldBy('spam', subject)
  }
  const phone = await openTab(browser)
  const { page, hands } = phone
  await page.setViewportSize(PHONE)
  await page.goto(new URL('/sign-in', acme.gateway.url).href)
  await page.getByLabel('Work address').fill('ann@acme.example')
  await page.getByLabel('Password', { exact: true }).fill(temporaryPassword)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('New password', { exact: true }).fill('seven owls on a river stone')
  await page.getByRole('button', { name: 'Set password and go on' }).click()
  await page.getByRole('heading', { level: 1, name: '2 messages held for you' }).waitFor()
  await page
    .getByRole('button', { name: /^Look\s*:/ })
    .first()
    .click()
  await page.getByText('Dear friend').first().waitFor()
  assert.deepEqual(await lookAt(page, 'portal-held'), [])
  await page.setViewportSize(PHONE)
  await hands.click(page.getByRole('button', { name: /^Release\s*:/ }).first())
  await page.getByRole('heading', { level: 1, name: '1 message held for you' }).waitFor()
  await eventually(
    async () => has('portal prize'),
    (is) => is,
  )
  // What reached her is reported with two touches: nothing of it is kept, so its sender is blocked.
  await page.getByRole('link', { name: 'Received' }).click()
  await page
    .getByRole('button', { name: /^Report\s*: .*PORTAL PRIZE/ })
    .first()
    .click()
  await page.getByRole('menuitem', { name: 'It is phishing' }).click()
  await page.getByText('win@lottery.example is blocked for you.').waitFor()
  await page.getByText('You reported it as phishing').waitFor()
  assert.deepEqual(await lookAt(page, 'portal-mail'), [])
  assert.deepEqual(phone.takeFaults(), [])
  await phone.close()
})

test('people forward spam through their own mail host: it is learned from, answered, and taken back', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page, hands } = tab
  const spam = contents().find((content) => content.includes('portal prize')) ?? ''
  assert.match(await forwarded(spam, SURVEY.ip), /^[45]/, 'nobody else reports in the name of Acme')
  assert.match(await forwarded(spam, ACME_IP), /^250/)
  await eventually(
    async () => has('Subject: Your report has arrived'),
    (is) => is,
    60_000,
  )
  await open('/t/acme-ltd/spam-lessons')
  await page.getByText('spam@report.acme.example').first().waitFor()
  const row = page.getByRole('row').filter({ hasText: 'PORTAL PRIZE' }).filter({ hasText: 'Learned' })
  await row.getByText('ann@acme.example').waitFor()
  assert.deepEqual(await lookAt(page, 'spam-reports'), [])
  const lesson = page.getByRole('row').filter({ hasText: 'Report, ann@acme.example' })
  await hands.click(lesson.getByRole('button', { name: /^Take back/ }))
  await lesson.waitFor({ state: 'detached' })
  assert.deepEqual(tab.takeFaults(), [])
})

/** Ann's mail host sends what she forwarded as an attachment. */
async function forwarded(spam: string, ip: string): Promise<string> {
  const content = [
    'From: Ann Archer <ann@acme.example>',
    'To: spam@report.acme.example',
    'Subject: FW: prize',
    'Message-ID: <forwarded@acme.example>',
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: message/rfc822',
    '',
    spam,
    '--b--',
    '',
  ].join('\r\n')
  const envelope = { reversePath: 'ann@acme.example', forwardPaths: ['spam@report.acme.example'] }
  return sent(ip, { helo: 'mail.acme.example', ...envelope, content })
}

test('the first message of an author is marked in text and HTML, a later one is not, and Why says so', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  const draft = {
    type: 'first-contact',
    name: 'First messages',
    from: { kind: 'external' },
    to: { kind: 'everyone' },
    addressesBasedOn: 'both',
    option: { action: 'banner', measure: 'recipient', learnDays: 0, language: 'de' },
  }
  type Made = { readonly policy: { readonly id: string } }
  const { policy } = await acme.api.call<Made>('POST', `${acme.base}/policies`, {
    draft,
    reason: 'a story of first contact',
  })
  await live(acme.api, acme.base)
  assert.match(await partner('Erstes Angebot'), /^250/)
  const first = await arrived('Erstes Angebot')
  assert.match(first, /^X-Gatepost-Tag: first-contact\r\n/m)
  assert.equal(first.split('Erste Nachricht von diesem Absender.').length - 1, 2, 'once in each body')
  assert.match(first, /<body><div style="[^"]+"><b>Erste Nachricht/)
  type Found = { readonly items: readonly { readonly id: string }[] }
  const { items } = await eventually(
    () => acme.api.call<Found>('GET', `${acme.base}/messages?search=Erstes`),
    (list) => list.items.length > 0,
    60_000,
  )
  const why = await eventually(
    async () => JSON.stringify(await acme.api.call('GET', `${acme.base}/messages/${items[0]?.id}`)),
    (text) => text.includes('"banner":"placed"'),
    60_000,
  )
  assert.match(why, /first-contact-banner/)
  let count = 0
  await eventually(
    async () => {
      count += 1
      await partner(`Weiteres Angebot ${count}.`)
      return (await arrived(`Weiteres Angebot ${count}.`)).includes('X-Gatepost-Tag: first-contact')
    },
    (isMarked) => !isMarked,
    60_000,
  )
  await open(`/t/acme-ltd/policies/${policy.id}`)
  await page.getByText('A banner breaks the author’s signature').waitFor()
  assert.deepEqual(await lookAt(page, 'policy-first-contact'), [])
  assert.deepEqual(tab.takeFaults(), [])
})

/** What the mail host of Acme received. */
function contents(): string[] {
  const { acme: host } = acme.world
  return host.messages().map(({ id }) => String(host.message(id)?.content ?? ''))
}

const has = (text: string): boolean => contents().some((content) => content.includes(text))

async function open(path: string): Promise<void> {
  await tab.page.goto(new URL(path, acme.gateway.url).href)
  await settled(tab.page)
}

/** The id of the newest message that this class holds. */
async function heldBy(name: string, search: string): Promise<string> {
  type Rows = { readonly items: readonly { readonly id: string }[] }
  const query = new URLSearchParams({ class: name, search })
  const { items } = await eventually(
    () => acme.api.call<Rows>('GET', `${acme.base}/held?${query}`),
    (rows) => rows.items.length > 0,
  )
  return items[0]?.id ?? ''
}

async function stateOf(id: string): Promise<string> {
  type One = { readonly recipients: readonly { readonly state: string }[] }
  const held = await acme.api.call<One>('GET', `${acme.base}/held/${id}`)
  return held.recipients[0]?.state ?? ''
}

function arrived(subject: string): Promise<string> {
  return eventually(
    async () => contents().find((content) => content.includes(`Subject: ${subject}\r\n`)) ?? '',
    (content) => content !== '',
    60_000,
  )
}

/** Mail of Ben at Bright, in text and HTML. */
async function partner(subject: string): Promise<string> {
  const content = [
    'From: Ben Bright <ben@bright.example>',
    'To: ann@acme.example',
    `Subject: ${subject}`,
    `Message-ID: <${subject.replaceAll(/[^a-z0-9]/gi, '-')}@bright.example>`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Dear Ann, here is the offer you asked for. Ben',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<html><body><p>Dear Ann, here is the offer you asked for. Ben</p></body></html>',
    '--b--',
    '',
  ].join('\r\n')
  const envelope = { reversePath: 'ben@bright.example', forwardPaths: ['ann@acme.example'] }
  return sent('203.0.113.10', { helo: 'mail.bright.example', ...envelope, content })
}

/** Mail that looks like spam; resolves with the last reply before QUIT. */
async function survey(
  subject: string,
  { from, to } = { from: SURVEY.from, to: 'bob@acme.example' },
): Promise<string> {
  const content = [
    `From: Survey Team <${from === SURVEY.from ? 'win@survey.example' : from}>`,
    `To: ${to}`,
    `Subject: ${subject.toUpperCase()}!!! CLAIM YOUR FREE PRIZE 1,000,000 USD (${subject})`,
    `Message-ID: <${subject.replaceAll(' ', '-')}@survey.example>`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    '',
    'Dear friend, CONGRATULATIONS!!! You have won the lottery. Click http://198.51.100.250/claim now',
    'to claim your prize of 1,000,000 USD. Act now, limited time offer, 100% free, no risk, guaranteed!',
    'Send your bank account and password today. Cheap viagra, weight loss, make money fast, work at home.',
    '',
  ].join('\r\n')
  return sent(SURVEY.ip, { helo: SURVEY.helo, reversePath: from, forwardPaths: [to], content })
}

async function signIn(page: Page): Promise<void> {
  await page.goto(new URL('/sign-in', acme.gateway.url).href)
  await page.getByLabel('Work address').fill('ada@acme.example')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
}

/** The last reply before QUIT to mail from that address. */
async function sent(
  sourceIp: string,
  mail: Pick<SendOptions, 'helo' | 'reversePath' | 'forwardPaths' | 'content'>,
): Promise<string> {
  const proxy = { sourceIp, sourcePort: 40_000, destinationIp: '127.0.0.1', destinationPort: 25 }
  const { replies } = await sendMessage({ port: acme.gateway.mxPort, proxy, ...mail })
  const last = replies.filter(({ command }) => command !== 'QUIT').at(-1)
  return `${last?.code} ${last?.status} ${last?.text}`
}
