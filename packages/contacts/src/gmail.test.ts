// The Gmail API against a local server: delegation user by user, quotas, forgotten pages, users without mail.
import assert from 'node:assert/strict'
import { generateKeyPairSync, verify } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { createGmail, GMAIL_SCOPE } from './gmail.ts'
import { PEOPLE_SCOPE } from './gmail-contacts.ts'
import { SourceFault } from './source.ts'
import { type Asked, readAll, startScripted, type Told, testEffects } from './web.fixture.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const keyJson = JSON.stringify({
  client_email: 'reader@project.example',
  private_key_id: 'k1',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
})

let script: (asked: Asked) => Told | null = () => null
let subjects: string[] = []
let server: Awaited<ReturnType<typeof startScripted>>
before(async () => {
  server = await startScripted((asked) => script(asked) ?? google(asked))
})
after(() => server.stop())

const IDS = Array.from({ length: 7 }, (_, n) => `id${n}`)
const claimsOf = (jwt: string) =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'))

function google({ url, body }: Asked): Told {
  if (url.pathname === '/token') {
    const jwt = new URLSearchParams(body).get('assertion') ?? ''
    const [head, claims, signature = ''] = jwt.split('.')
    const isSigned = verify(
      'sha256',
      Buffer.from(`${head}.${claims}`),
      publicKey,
      Buffer.from(signature, 'base64url'),
    )
    if (!isSigned) return { status: 400, body: { error: 'invalid_grant' } }
    const { sub } = claimsOf(jwt)
    subjects.push(sub)
    if (sub === 'gone@acme.example') return { status: 400, body: { error: 'invalid_grant' } }
    return { body: { access_token: sub, expires_in: 3600 } }
  }
  if (url.pathname.endsWith('/users'))
    return {
      body: {
        users: ['maya', 'gone', 'nomail'].map((name) => ({
          primaryEmail: `${name}@acme.example`,
          isMailboxSetup: name !== 'nomail',
        })),
      },
    }
  if (url.pathname.endsWith('/labels/SENT')) return { body: { messagesTotal: IDS.length } }
  if (url.pathname.endsWith('/messages')) {
    const start = Number(url.searchParams.get('pageToken') ?? 0)
    const next = start + 3 < IDS.length ? { nextPageToken: String(start + 3) } : {}
    return { body: { messages: IDS.slice(start, start + 3).map((id) => ({ id })), ...next } }
  }
  const n = Number(url.pathname.split('id').at(-1))
  const headers = [
    { name: 'From', value: 'Maya <maya@acme.example>' },
    { name: 'To', value: `"P, ${n}" <p${n}@x.example>` },
    { name: 'Subject', value: 'Hi' },
    ...(n === 2 ? [{ name: 'Auto-Submitted', value: 'auto-replied' }] : []),
  ]
  return { body: { id: `id${n}`, internalDate: String(1_767_225_600_000 + n), payload: { headers } } }
}

const source = (effects = testEffects()) =>
  createGmail(
    {
      endpoints: { token: `${server.url}/token`, gmail: server.url, admin: server.url, people: server.url },
      keyJson,
      adminEmail: 'admin@acme.example',
      mailboxes: null,
    },
    effects,
  )
const fresh = (next: typeof script = () => null): void => {
  script = next
  subjects = []
}

describe('sent mail by the Gmail API', { timeout: 240_000 }, () => {
  test('each user by delegation, headers only, the suspended one left out', async () => {
    const paths: string[] = []
    fresh(({ url }) => {
      paths.push(url.pathname + url.search)
      return null
    })
    const all = await readAll(source())
    assert.deepEqual(all.parts, ['gone@acme.example', 'maya@acme.example'])
    assert.deepEqual(subjects, ['admin@acme.example', 'gone@acme.example', 'maya@acme.example'])
    assert.match(all.skipped[0] ?? '', /gone@acme\.example: Google knows no user/)
    assert.deepEqual(
      all.letters.map(({ recipients }) => recipients[0]),
      IDS.map((_, n) => `p${n}@x.example`),
    )
    assert.equal(all.letters.filter(({ isAutomatic }) => isAutomatic).length, 1)
    assert.ok(
      paths.filter((path) => /messages\/id/.test(path)).every((path) => path.includes('format=metadata')),
    )
    assert.ok(paths.every((path) => !/[?&]q=/.test(path)))
  })

  test('quotas by 403 and 429 are waited out', async () => {
    let times = 0
    const effects = testEffects()
    fresh(({ url }) => {
      if (!url.pathname.endsWith('/messages') || times >= 2) return null
      times += 1
      return times === 1
        ? { status: 403, body: { error: { errors: [{ reason: 'userRateLimitExceeded' }] } } }
        : { status: 429, headers: { 'retry-after': '5' } }
    })
    assert.equal((await readAll(source(effects))).letters.length, 7)
    assert.deepEqual(effects.pauses, [2_000, 5_000])
  })

  test('a page whose name was forgotten: the listing is walked to the last message, nothing twice', async () => {
    let isForgotten = false
    fresh(({ url }) => {
      if (url.searchParams.get('pageToken') !== '3' || isForgotten) return null
      isForgotten = true
      return { status: 400, body: { error: { message: 'Invalid pageToken' } } }
    })
    const all = await readAll(source(), { anew: true })
    assert.deepEqual(
      all.letters.map(({ recipients }) => recipients[0]),
      IDS.map((_, n) => `p${n}@x.example`),
    )
  })

  test('a scope that was not authorised is named; a key that is none is refused', async () => {
    fresh(({ url, body }) =>
      url.pathname === '/token' &&
      claimsOf(new URLSearchParams(body).get('assertion') ?? '').scope === GMAIL_SCOPE
        ? { status: 401, body: { error: 'unauthorized_client' } }
        : null,
    )
    await assert.rejects(readAll(source()), /gmail\.metadata/)
    assert.throws(
      () =>
        createGmail(
          {
            endpoints: { token: '', gmail: '', admin: '', people: '' },
            keyJson: '{}',
            adminEmail: null,
            mailboxes: [],
          },
          testEffects(),
        ),
      SourceFault,
    )
  })
})

test('address books by an option: the People API with its own scope, page by page', async () => {
  subjects = []
  const scopes: string[] = []
  script = ({ url, body }) => {
    if (url.pathname === '/token')
      scopes.push(claimsOf(new URLSearchParams(body).get('assertion') ?? '').scope)
    if (url.pathname !== '/v1/people/me/connections') return null
    const isFirst = !url.searchParams.has('pageToken')
    const value = isFirst ? 'a@x.example' : 'b@x.example'
    return {
      body: {
        connections: [{ emailAddresses: [{ value }] }, { names: [] }],
        ...(isFirst ? { nextPageToken: 'p2' } : {}),
      },
    }
  }
  const endpoints = {
    token: `${server.url}/token`,
    gmail: server.url,
    admin: server.url,
    people: server.url,
  }
  const mailboxes = ['maya@acme.example']
  const read = await readAll(
    createGmail({ endpoints, keyJson, adminEmail: null, mailboxes, contacts: true }, testEffects()),
  )
  script = () => null
  assert.deepEqual(scopes, [GMAIL_SCOPE, PEOPLE_SCOPE])
  const books = read.letters.filter(({ isContact }) => isContact)
  assert.deepEqual(
    books.map(({ recipients }) => recipients),
    [['a@x.example'], ['b@x.example']],
  )
})
