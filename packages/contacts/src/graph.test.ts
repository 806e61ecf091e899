// Graph against a local server that throttles, expires, faults and leads astray: Sent items and message
// trace.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { countLetters } from './collect.ts'
import { createGraphSent } from './graph-sent.ts'
import { createGraphTrace } from './graph-trace.ts'
import { SourceFault } from './source.ts'
import { type Asked, readAll, startScripted, type Told, testEffects } from './web.fixture.ts'

const UNTIL = Date.UTC(2026, 10, 22, 12)
let script: (asked: Asked) => Told | null = () => null
let asked: string[] = []
let tokens = 0
let server: Awaited<ReturnType<typeof startScripted>>
before(async () => {
  server = await startScripted((question) => {
    asked.push(`${question.url.pathname}${question.url.search}`)
    if (question.url.pathname.endsWith('/token')) {
      tokens += 1
      return { body: { access_token: `t${tokens}`, expires_in: 3600 } }
    }
    return script(question) ?? graph(question)
  })
})
after(() => server.stop())

const USERS = [
  { id: 'u1', mail: 'Maya@acme.example' },
  { id: 'u2', mail: 'leo@acme.example' },
  { id: 'u3', mail: 'room@acme.example' },
  { id: 'u4', mail: null, userPrincipalName: 'ghost@acme.example' },
]
const person = (address: string) => ({ emailAddress: { name: 'x', address } })
const sent = (n: number, more: object = {}) => ({
  id: `m${n}`,
  sentDateTime: new Date(Date.UTC(2026, 0, 1) + Math.floor(n / 2) * 60_000).toISOString(),
  from: person('maya@acme.example'),
  toRecipients: [person(`p${n}@x.example`)],
  ccRecipients: [],
  bccRecipients: [person(`b${n}@x.example`)],
  subject: 'Hi',
  ...more,
})
const BOX = Array.from({ length: 7 }, (_, n) => sent(n, n === 4 ? { subject: 'Automatic reply: x' } : {}))

/** A Graph that pages by 3 and knows where it is by its skip token. */
function graph({ url }: Asked): Told {
  const path = url.pathname.replace('/v1.0', '')
  if (path === '/users') {
    const page = Number(url.searchParams.get('$skiptoken') ?? 0)
    const link = `${server.url}/v1.0/users?$skiptoken=${page + 1}`
    return {
      body: {
        value: USERS.slice(page * 2, page * 2 + 2),
        ...(page === 0 ? { '@odata.nextLink': link } : {}),
      },
    }
  }
  if (path === '/users/u1/mailFolders/sentitems') return { body: { totalItemCount: BOX.length } }
  if (path === '/users/u1/mailFolders/sentitems/messages') {
    const from = /ge (\S+) and/.exec(url.searchParams.get('$filter') ?? '')?.[1]
    const start =
      url.searchParams.get('$skip') ??
      String(BOX.findIndex(({ sentDateTime }) => sentDateTime >= (from ?? '')))
    const some = BOX.slice(Number(start), Number(start) + 3)
    const rest = Number(start) + 3 < BOX.length
    const next = `${server.url}/v1.0/users/u1/mailFolders/sentitems/messages?$skip=${Number(start) + 3}`
    return { body: { value: some, ...(rest ? { '@odata.nextLink': next } : {}) } }
  }
  if (path.startsWith('/users/u2/')) return { body: { value: [], totalItemCount: 0 } }
  return { status: 404, body: { error: { code: 'MailboxNotEnabledForRESTAPI', message: 'on-premises' } } }
}

const settings = () => ({
  endpoints: { login: server.url, graph: server.url },
  tenant: 'acme.example',
  clientId: 'app',
  secret: 'hush',
})
const fresh = (next: typeof script = () => null): void => {
  script = next
  asked = []
  tokens = 0
}
const sentItems = (effects = testEffects()) =>
  createGraphSent(settings(), { until: UNTIL, since: null, mailboxes: null }, effects)
const externals = ({ letters }: Awaited<ReturnType<typeof readAll>>): readonly string[] =>
  letters.filter(({ isAutomatic }) => !isAutomatic).flatMap(({ recipients }) => recipients)

describe('Sent items by Graph', { timeout: 240_000 }, () => {
  test('mailboxes by address, pages to the end, and mailboxes that are none', async () => {
    fresh()
    const all = await readAll(sentItems())
    assert.deepEqual(all.parts, ['leo@acme.example', 'maya@acme.example', 'room@acme.example'])
    assert.equal(all.letters.length, 7)
    assert.deepEqual(externals(all).slice(0, 3), ['p0@x.example', 'b0@x.example', 'p1@x.example'])
    assert.ok(!externals(all).includes('p4@x.example'))
    assert.match(all.skipped[0] ?? '', /room@acme\.example: There is no mailbox in Microsoft 365/)
    assert.ok(asked.some((path) => path.includes('sentDateTime+lt+2026-11-22T12')))
    assert.equal(tokens, 1)
  })

  test('abuse case 70: 429 with Retry-After is waited out, 503 too; a long rest is the run’s business', async () => {
    let times = 0
    const effects = testEffects()
    fresh(({ url }) => {
      if (!url.pathname.endsWith('/messages') || times >= 2) return null
      times += 1
      return times === 1 ? { status: 429, headers: { 'retry-after': '7' } } : { status: 503 }
    })
    assert.equal((await readAll(sentItems(effects))).letters.length, 7)
    assert.deepEqual(effects.pauses, [7_000, 4_000])
    fresh(() => ({ status: 429, headers: { 'retry-after': '3000' } }))
    await assert.rejects(readAll(sentItems()), (fault: SourceFault) => {
      return fault.reach === 'passing' && fault.restMs === 3_000_000
    })
  })

  test('abuse case 70: a link that expired (410): reading goes on at the newest moment, nothing twice', async () => {
    let isExpired = false
    fresh(({ url }) => {
      if (url.searchParams.get('$skip') !== '3' || isExpired) return null
      isExpired = true
      return { status: 410, body: { error: { code: 'syncStateNotFound' } } }
    })
    const all = await readAll(sentItems())
    assert.deepEqual(
      all.letters.map(({ recipients }) => recipients[0]),
      BOX.map((_, n) => `p${n}@x.example`),
    )
  })

  test('from every mark anew, the same letters', async () => {
    fresh()
    const whole = await readAll(sentItems())
    const anew = await readAll(sentItems(), { anew: true })
    assert.deepEqual(anew.letters, whole.letters)
  })

  test('abuse case 70: a next link to another host is refused, and gets no token', async () => {
    fresh(({ url }) =>
      url.pathname === '/v1.0/users'
        ? { body: { value: [], '@odata.nextLink': 'https://evil.example/v1.0/users' } }
        : null,
    )
    await assert.rejects(readAll(sentItems()), /evil\.example, which is not/)
    fresh(({ url }) =>
      url.pathname === '/v1.0/users'
        ? { body: { value: [], '@odata.nextLink': `${server.url}/elsewhere` } }
        : null,
    )
    await assert.rejects(readAll(sentItems()), SourceFault)
  })

  test('a withdrawn token is renewed once; a missing permission is named', async () => {
    let refused = 0
    fresh(() => {
      refused += 1
      return refused === 1 ? { status: 401 } : null
    })
    assert.equal((await readAll(sentItems())).letters.length, 7)
    assert.equal(tokens, 2)
    fresh(({ url }) =>
      url.pathname.includes('/u2/')
        ? { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'no' } } }
        : null,
    )
    await assert.rejects(readAll(sentItems()), /Mail\.ReadBasic\.All/)
  })

  test('a redirect gets nothing, a broken page is asked for again later', async () => {
    fresh(() => ({ status: 302, headers: { location: 'https://evil.example/' } }))
    await assert.rejects(readAll(sentItems()), /answers 302/)
    fresh(({ url }) => (url.pathname.endsWith('/messages') ? { body: '{"value":[' } : null))
    await assert.rejects(readAll(sentItems()), (fault: SourceFault) => fault.reach === 'passing')
  })
})

describe('message trace by Graph', { timeout: 240_000 }, () => {
  const trace = (since: number, effects = testEffects()) =>
    createGraphTrace(settings(), { until: UNTIL, since }, effects)
  const row = (n: number, to: string, more: object = {}) => ({
    id: `t${n}`,
    messageId: `<${n}@acme.example>`,
    senderAddress: 'maya@acme.example',
    recipientAddress: to,
    receivedDateTime: '2026-11-21T10:00:00Z',
    status: 'delivered',
    subject: 'Hi',
    ...more,
  })

  test('days, pages, recipients of one message together; failures and automatic replies do not count', async () => {
    fresh(({ url }) => {
      if (!url.pathname.endsWith('/messageTraces')) return null
      const filter = url.searchParams.get('$filter') ?? ''
      if (url.searchParams.get('$skiptoken')) return { body: { value: [row(4, 'd@x.example')] } }
      if (!filter.includes('ge 2026-11-21T00')) return { body: { value: [] } }
      const next = `${server.url}/v1.0/admin/exchange/tracing/messageTraces?$skiptoken=2`
      const value = [
        row(1, 'a@x.example'),
        row(1, 'b@x.example'),
        row(1, 'c@x.example', { status: 'failed' }),
        row(2, 'spam@x.example', { senderAddress: '<>' }),
        row(3, 'e@x.example', { subject: 'Automatische Antwort: Angebot' }),
      ]
      return { body: { value, '@odata.nextLink': next } }
    })
    const effects = testEffects()
    const all = await readAll(trace(Date.UTC(2026, 10, 20), effects))
    assert.deepEqual(all.parts, ['2026-11-20', '2026-11-21', '2026-11-22'])
    assert.deepEqual(externals(all), ['a@x.example', 'b@x.example', 'spam@x.example', 'd@x.example'])
    assert.equal(all.letters.find(({ author }) => author === '<>')?.owner, null)
    // Exchange takes 100 questions in five minutes.
    assert.ok(effects.pauses.every((pause) => pause >= 3_000) && effects.pauses.length > 0)
  })

  test('90 days at most, and 401 tells of the service principal', async () => {
    fresh(() => ({ status: 401 }))
    const source = trace(0)
    assert.equal((await source.parts(new AbortController().signal)).length, 90)
    await assert.rejects(readAll(source), /8bd644d1-64a1-4d4b-ae52-2e0cbf64e373/)
  })
})

test('address books by an option: the default folder and all below, once; dates do not leave them out', async () => {
  const book = (addresses: readonly string[]) => ({
    emailAddresses: addresses.map((address) => ({ name: 'x', address })),
  })
  script = ({ url }) => {
    const path = url.pathname.replace('/v1.0', '')
    const more = `${server.url}/v1.0/users/u1/contacts?$skiptoken=2`
    if (path === '/users/u1/contacts')
      return url.searchParams.has('$skiptoken')
        ? { body: { value: [book(['late@x.example'])] } }
        : { body: { value: [book(['a@x.example', 'b@x.example']), book([])], '@odata.nextLink': more } }
    if (path === '/users/u1/contactFolders') return { body: { value: [{ id: 'f1' }] } }
    if (path === '/users/u1/contactFolders/f1/contacts') return { body: { value: [book(['c@x.example'])] } }
    if (path === '/users/u1/contactFolders/f1/childFolders') return { body: { value: [{ id: 'f2' }] } }
    if (path === '/users/u1/contactFolders/f2/contacts') return { body: { value: [book(['d@x.example'])] } }
    if (path.endsWith('/childFolders')) return { body: { value: [] } }
    if (/\/users\/u[23]\/contact/.test(path))
      return { status: 404, body: { error: { code: 'MailboxNotEnabledForRESTAPI' } } }
    return null
  }
  const settings = {
    endpoints: { login: server.url, graph: server.url },
    tenant: 't',
    clientId: 'c',
    secret: 's',
  }
  const options = { until: UNTIL, since: UNTIL - 1, mailboxes: ['maya@acme.example'], contacts: true }
  const read = await readAll(createGraphSent(settings, options, testEffects()))
  script = () => null
  assert.deepEqual(read.parts, ['maya@acme.example', 'maya@acme.example (contacts)'])
  const rules = { ownDomains: ['acme.example'], since: UNTIL - 1, recipientsMax: 100 }
  assert.deepEqual(
    countLetters(read.letters, rules).pairs.map(({ user, external }) => `${user} ${external}`),
    ['a', 'b', 'c', 'd', 'late'].map((name) => `maya@acme.example ${name}@x.example`),
  )
})
