// Google Workspace by a server that speaks the Admin SDK: whole listings, refusals, throttling.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, beforeEach, describe, it } from 'node:test'
import { type GoogleServer, startGoogleDirectory } from '@gatepost/sandbox/google-directory.ts'
import { DirectoryFault } from './entry.ts'
import { createGoogleReader } from './google.ts'
import { checkGoogle } from './google-checks.ts'
import type { GoogleSettings } from './google-settings.ts'
import { readAll, type TestWeb, testWeb } from './web.fixture.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
let google: GoogleServer
let web: TestWeb
const started: GoogleServer[] = []

beforeEach(async () => {
  web = testWeb()
  google = await startGoogleDirectory({ privateKey, pageSize: 2, now: () => web.clockMs })
  started.push(google)
  fill(google)
})
after(async () => {
  for (const server of started) await server.stop()
})

function fill({ users, groups }: GoogleServer): void {
  for (const name of ['ann', 'ben', 'cat', 'dan', 'eve'])
    users.set(name, {
      id: `1${name}`,
      primaryEmail: `${name}@acme.example`,
      name: { fullName: name.toUpperCase() },
      aliases: [`${name}.alias@acme.example`],
      nonEditableAliases: [`${name}@acme.example.test-google-a.com`],
      isMailboxSetup: true,
      orgUnitPath: '/Sales',
      organizations: [{ primary: true, department: 'Sales', title: 'Clerk' }],
    })
  users.set('cat', { ...users.get('cat')!, suspended: true })
  users.set('dan', { ...users.get('dan')!, archived: true })
  users.set('eve', { ...users.get('eve')!, isMailboxSetup: false })
  groups.set('1sales', {
    id: '1sales',
    email: 'sales@acme.example',
    name: 'Sales',
    aliases: ['verkauf@acme.example'],
    members: [
      { id: '1ann', email: 'ann@acme.example', type: 'USER' },
      { id: '1all', email: 'all@acme.example', type: 'GROUP' },
      { id: '', email: 'guest@else.example', type: 'EXTERNAL' },
    ],
  })
  groups.set('1all', {
    id: '1all',
    email: 'all@acme.example',
    name: 'Everybody',
    members: [{ id: 'C01acme', type: 'CUSTOMER' }],
  })
}

const settingsOf = (changes: Partial<GoogleSettings> = {}): GoogleSettings => ({
  endpoints: { token: google.token, api: google.api },
  adminEmail: google.adminEmail,
  customer: 'my_customer',
  keyJson: google.keyJson,
  attributes: ['department'],
  ...changes,
})

const read = () => readAll(createGoogleReader(settingsOf(), web))

const faultOf = (promise: Promise<unknown>) =>
  promise.then(
    () => assert.fail('nothing was refused'),
    (error: unknown) => (error instanceof DirectoryFault ? error : assert.fail(String(error))),
  )

describe('a listing of Google Workspace', () => {
  it('tells people with aliases, unit and state, and groups with members', async () => {
    const { entries, end } = await read()
    assert.equal(entries.size, 7)
    const ann = entries.get('1ann')
    assert.equal(ann?.email, 'ann@acme.example')
    assert.deepEqual(ann?.aliases, ['ann.alias@acme.example'])
    assert.equal(ann?.place, '/Sales')
    assert.equal(ann?.attributes.get('department'), 'Sales')
    assert.equal(ann?.signInEnabled, true)
    // Suspended and archived stop sign-in, never mail; without a mailbox there is no address.
    assert.deepEqual(
      [entries.get('1cat')?.signInEnabled, entries.get('1cat')?.email],
      [false, 'cat@acme.example'],
    )
    assert.equal(entries.get('1dan')?.signInEnabled, false)
    assert.equal(entries.get('1eve')?.email, null)
    assert.deepEqual(entries.get('1sales')?.members, ['1ann', '1all'])
    assert.deepEqual(entries.get('1sales')?.aliases, ['verkauf@acme.example'])
    assert.equal(entries.get('1all')?.members.length, 5)
    assert.deepEqual([end?.mode, end?.cursor], ['full', null])
  })

  it('slows down when asked by 403 or 429, and renews its token', async () => {
    Object.assign(google.faults, { rateLimit: 2, throttle: 1, retryAfterSeconds: 3 })
    assert.equal((await read()).entries.size, 7)
    assert.deepEqual(web.pauses, [3_000, 2_000, 4_000])
    google.state.tokenSeconds = 60
    await read()
    assert.ok(google.requests.filter(({ url }) => url.pathname === '/token').length > 3)
  })

  it('is never whole when a page breaks off for good', async () => {
    google.faults.cut = 99
    assert.equal((await faultOf(read())).code, 'cut-off')
  })

  it('sends its assertion to Google alone, whatever the key file says', async () => {
    await read()
    assert.deepEqual([...new Set(web.asked)], [new URL(google.api).host])
  })
})

describe('tests of a connector to Google', () => {
  const check = (changes: Partial<GoogleSettings> = {}, address: string | null = null) =>
    checkGoogle(settingsOf(changes), web, { address, signal: new AbortController().signal })
  const failedOf = async (changes: Partial<GoogleSettings> = {}, address: string | null = null) => {
    const failed = (await check(changes, address)).find(({ state }) => state === 'failed')
    return `${failed?.step}: ${failed?.saw} ${failed?.remedy}`
  }

  it('pass, and look an alias up', async () => {
    const checks = await check({}, 'ann.alias@acme.example')
    assert.equal(checks.filter(({ state }) => state === 'passed').length, 6)
    assert.match(checks[6]?.saw ?? '', /ANN \(user\)/)
    assert.match((await check({}, 'verkauf@acme.example'))[6]?.saw ?? '', /Sales \(group\)/)
  })

  it('give the client id and the scopes to paste when delegation is missing', async () => {
    google.state.delegated = false
    const said = await failedOf()
    assert.match(said, /^sign-in: .*domain-wide delegation/)
    assert.ok(said.includes(google.clientId))
    assert.ok(said.includes('https://www.googleapis.com/auth/admin.directory.group.readonly'))
  })

  const cases: readonly [string, () => Partial<GoogleSettings>, RegExp][] = [
    ['a withdrawn key', () => set({ keyKnown: false }), /^sign-in: .*key any more.*new JSON key/],
    [
      'an unknown administrator',
      () => ({ adminEmail: 'x@acme.example' }),
      /^sign-in: .*no user x@acme\.example/,
    ],
    ['the API that is off', () => set({ apiEnabled: false }), /^permission: .*Admin SDK API.*Enable/],
    [
      'a role without groups',
      () => set({ may: new Set(['users', 'orgunits']) }),
      /^permission: .*groups.*role/,
    ],
    ['a customer that is none', () => ({ customer: 'C99' }), /^list: .*404/],
    ['a key that is none', () => ({ keyJson: 'AIza…' }), /^sign-in: .*not a JSON file/],
    [
      'an OAuth client',
      () => ({ keyJson: '{"installed":{}}' }),
      /^sign-in: .*not the key of a service account/,
    ],
    [
      'the service account as administrator',
      () => ({ adminEmail: 'x@p.iam.gserviceaccount.com' }),
      /^sign-in: .*service account itself/,
    ],
  ]
  const set = (state: Partial<GoogleServer['state']>) => {
    Object.assign(google.state, state)
    return {}
  }
  for (const [name, changes, expected] of cases)
    it(`say what to do about ${name}`, async () => {
      assert.match(await failedOf(changes()), expected)
    })

  it('see a clock that is wrong', async () => {
    const wrong = { ...web, now: () => web.clockMs - 3 * 3_600_000 }
    const checks = await checkGoogle(settingsOf(), wrong, {
      address: null,
      signal: new AbortController().signal,
    })
    assert.match(checks[3]?.saw ?? '', /clock of this server/)
  })

  it('say that an address is unknown', async () => {
    assert.match(await failedOf({}, 'nobody@acme.example'), /^look-up: Nobody/)
  })

  it('never show the key', async () => {
    google.state.keyKnown = false
    assert.equal(JSON.stringify(await check()).includes('PRIVATE KEY'), false)
  })
})
