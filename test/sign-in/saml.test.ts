// SAML 2.0 against an identity provider that signs for real, and its forgeries (abuse case 60).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  assertionOf,
  certificate,
  ISSUER,
  metadata,
  otherKey,
  readRequest,
  responseOf,
  type SamlRequest,
  signatureOf,
  signed,
} from './identity-provider.ts'
import { type Browser, PASSWORD, type SignInPlace, withPlace } from './place.ts'

const settings = {
  kind: 'saml',
  issuer: ISSUER,
  signInUrl: 'https://idp.example/sso',
  certificates: [certificate],
  addressAttribute: '',
}

type World = SignInPlace & { readonly providerId: string; readonly slug: string; readonly admin: Browser }

async function withProvider(work: (world: World) => Promise<void>): Promise<void> {
  await withPlace(async (place) => {
    await place.account('maya@acme.example', { role: 'super', operator: true })
    const admin = place.browser()
    await admin.post('/v1/sessions', { email: 'maya@acme.example', password: PASSWORD })
    const base = `/v1/tenants/${place.tenantId}/sign-in`
    const made = await admin.post(`${base}/providers`, { name: 'Corporate', settings })
    assert.equal(made.status, 201, made.text)
    const { id: providerId } = made.json as unknown as { readonly id: string }
    const world = { ...place, admin, providerId, slug: 'acme-trading' }
    await testSignIn(world)
    const enabled = await admin.post(`${base}/providers/${providerId}/enabled`, { enabled: true }, 'PUT')
    assert.equal(enabled.status, 200, enabled.text)
    const { profiles } = (await admin.get(base)).json as unknown as { readonly profiles: { id: string }[] }
    for (const profile of profiles) {
      const {
        id: _id,
        kind: _kind,
        revision: _revision,
        ...draft
      } = profile as never as Record<string, unknown>
      const body = { ...draft, groups: [], providers: [providerId] }
      const saved = await admin.post(`${base}/profiles/${profile.id}`, body, 'PUT')
      assert.equal(saved.status, 200, saved.text)
    }
    await work(world)
  })
}

/** The test sign-in that C4 asks for before a provider can be switched on. */
async function testSignIn({ admin, providerId, tenantId, slug }: Omit<World, 'control'>): Promise<void> {
  const early = await admin.post(
    `/v1/tenants/${tenantId}/sign-in/providers/${providerId}/enabled`,
    { enabled: true },
    'PUT',
  )
  assert.deepEqual([early.status, early.json.name], [409, 'test-first'])
  const sent = await admin.get(`/sso/start/${providerId}?test=1`)
  const request = readRequest(sent.location ?? '')
  const content = signed(assertionOf({ request, address: 'maya@acme.example' }))
  const posted = await admin.postForm(new URL(request.acsUrl).pathname, {
    SAMLResponse: responseOf(request, content),
  })
  const done = await admin.get(posted.location ?? '')
  assert.equal(done.location, `/t/${slug}/sign-in?tab=providers&tested=${providerId}`)
}

/** Begins in a browser, lets `forge` make what is posted, and goes on; returns who is signed in, or null. */
async function attempt(
  world: World,
  forge: (request: SamlRequest) => string,
  browser = world.browser('198.51.100.20'),
): Promise<string | null> {
  const sent = await browser.get(`/sso/start/${world.providerId}?next=/portal`)
  assert.equal(sent.status, 303)
  const request = readRequest(sent.location ?? '')
  const posted = await browser.postForm(new URL(request.acsUrl).pathname, { SAMLResponse: forge(request) })
  assert.equal(posted.status, 303, posted.text)
  const done = await browser.get(posted.location ?? '/')
  if (done.location === '/portal') {
    const me = await browser.get('/v1/me')
    return (me.json as unknown as { readonly email: string }).email
  }
  assert.equal((await browser.get('/v1/me')).status, 401)
  return null
}

/** Reasons in the audit log, once there are as many as wanted: they are written after the answer. */
async function refusals({ control, tenantId }: World, wanted: number): Promise<readonly string[]> {
  for (let wait = 0; ; wait += 1) {
    const rows = await control.deps.store.db
      .selectFrom('audit')
      .select('after')
      .where('tenant_id', '=', tenantId)
      .where('action', '=', 'session.refused')
      .orderBy('id')
      .execute()
    if (rows.length >= wanted || wait > 3_000) return rows.map(({ after }) => after ?? '')
    await new Promise((done) => setTimeout(done, 20))
  }
}

const uma = 'uma@acme.example'

test('a signed assertion signs in a known user, and makes the account at the first time', async () => {
  await withProvider(async (world) => {
    await world.user(uma)
    const right = (request: SamlRequest) =>
      responseOf(request, signed(assertionOf({ request, address: uma })))
    assert.equal(await attempt(world, right), uma)
    assert.equal(await attempt(world, right), uma, 'the account is found again')
    const audit = await world.control.deps.store.db
      .selectFrom('audit')
      .select(['action', 'subject', 'after'])
      .where('tenant_id', '=', world.tenantId)
      .where('action', '=', 'session.opened')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
    assert.match(audit.after ?? '', /Corporate/)
  })
})

test('abuse case 60: what is not signed, not for us, not new or not about our people signs nobody in', async () => {
  await withProvider(async (world) => {
    await world.user(uma)
    await world.user('other@acme.example')
    const plain = (request: SamlRequest, change = {}) => assertionOf({ request, address: uma, ...change })
    const evil = (request: SamlRequest) => plain(request, { address: 'other@acme.example', id: '_evil' })
    const cases: readonly (readonly [string, (request: SamlRequest) => string, RegExp])[] = [
      ['unsigned', (r) => responseOf(r, plain(r)), /not signed/],
      ['signed by another key', (r) => responseOf(r, signed(plain(r), { by: otherKey })), /not signed/],
      [
        'changed after signing',
        (r) => responseOf(r, signed(plain(r)).replace(uma, 'other@acme.example')),
        /not signed/,
      ],
      ['SHA-1', (r) => responseOf(r, signed(plain(r), { algorithm: 'sha1' })), /SHA-1/],
      [
        'wrong audience',
        (r) => responseOf(r, signed(plain(r, { audience: 'https://other.example' }))),
        /another service/,
      ],
      [
        'another recipient',
        (r) => responseOf(r, signed(plain(r, { recipient: 'https://other.example/acs' }))),
        /another service/,
      ],
      [
        'another issuer',
        (r) => responseOf(r, signed(plain(r, { issuer: 'https://evil.example' }))),
        /issued by/,
      ],
      ['expired', (r) => responseOf(r, signed(plain(r, { issued: -20 }))), /too old/],
      [
        'from the future',
        (r) => responseOf(r, signed(plain(r, { issued: 20 }))),
        /too old, or from the future/,
      ],
      [
        'nobody asked',
        (r) => responseOf(r, signed(plain(r, { inResponseTo: null })), { inResponseTo: null }),
        /no sign-in that is under way/,
      ],
      [
        'another request',
        (r) => responseOf(r, signed(plain(r)), { inResponseTo: '_unknown' }),
        /no sign-in that is under way/,
      ],
      [
        'the signed part names no request',
        (r) => responseOf(r, signed(plain(r, { inResponseTo: null }))),
        /which request/,
      ],
      // Wrapped signatures: the signed assertion is somewhere, the one that would be read is not it.
      [
        'two assertions, the forged one first',
        (r) => responseOf(r, evil(r) + signed(plain(r))),
        /not signed/,
      ],
      ['two assertions, the forged one last', (r) => responseOf(r, signed(plain(r)) + evil(r)), /not signed/],
      [
        'the signed one inside the forged one',
        (r) => responseOf(r, evil(r).replace('</saml:Issuer>', `</saml:Issuer>${signed(plain(r))}`)),
        /not signed/,
      ],
      [
        'the signature of the true one in the forged one, which holds the true one as an object',
        (r) => {
          const object = `<ds:Object>${plain(r)}</ds:Object></ds:Signature>`
          const signature = signatureOf(plain(r)).replace('</ds:Signature>', object)
          return responseOf(r, evil(r).replace('</saml:Issuer>', `</saml:Issuer>${signature}`))
        },
        /not signed|cannot be read/,
      ],
      [
        'the same id twice',
        (r) => {
          const twin = plain(r, { address: 'other@acme.example' })
          return responseOf(r, twin.replace('</saml:Issuer>', `</saml:Issuer>${signatureOf(plain(r))}`))
        },
        /not signed/,
      ],
      [
        'the signed one in an extension of the response',
        (r) => responseOf(r, `<samlp:Extensions>${signed(plain(r))}</samlp:Extensions>${evil(r)}`),
        /not signed/,
      ],
      [
        'refused by the provider',
        (r) => responseOf(r, '', { status: 'Responder' }),
        /refused|cannot be read/,
      ],
      ['no XML', () => Buffer.from('nothing').toString('base64'), /cannot be read|no sign-in/],
      [
        'a foreign domain',
        (r) => responseOf(r, signed(plain(r, { address: 'uma@elsewhere.example' }))),
        /none of yours/,
      ],
      [
        'nobody here',
        (r) => responseOf(r, signed(plain(r, { address: 'nobody@acme.example' }))),
        /no user here/,
      ],
    ]
    for (const [index, [name, forge, why]] of cases.entries()) {
      assert.equal(await attempt(world, forge), null, name)
      assert.match((await refusals(world, index + 1))[index] ?? '', why, name)
    }
  })
})

test('abuse case 60: SHA-1 is refused however its name is written', async () => {
  await withProvider(async (world) => {
    await world.user(uma)
    const forged = (write: (text: string) => string) => (request: SamlRequest) =>
      responseOf(request, write(signed(assertionOf({ request, address: uma }), { algorithm: 'sha1' })))
    const ways = [
      forged((text) => text.replaceAll(/"(http[^"]*sha1)"/g, "'$1'")),
      forged((text) => text.replaceAll('sha1"', 'sha&#49;"')),
    ]
    for (const [index, forge] of ways.entries()) {
      assert.equal(await attempt(world, forge), null)
      assert.match((await refusals(world, index + 1))[index] ?? '', /SHA-1/)
    }
  })
})

test('abuse case 60: a comment in the name id does not cut the address', async () => {
  await withProvider(async (world) => {
    await world.user('uma@acme.example.evil.example')
    await world.user(uma)
    const nameIdText = 'uma@acme.example<!-- -->.evil.example'
    const forge = (request: SamlRequest) =>
      responseOf(request, signed(assertionOf({ request, address: '', nameIdText })))
    assert.equal(await attempt(world, forge), null)
  })
})

test('abuse case 60: an answer counts once, in the browser that asked, even when shown twice at a time', async () => {
  await withProvider(async (world) => {
    await world.user(uma)
    const browser = world.browser('198.51.100.20')
    const sent = await browser.get(`/sso/start/${world.providerId}`)
    const request = readRequest(sent.location ?? '')
    const SAMLResponse = responseOf(request, signed(assertionOf({ request, address: uma })))
    const path = new URL(request.acsUrl).pathname
    const posts = await Promise.all([1, 2, 3].map(() => world.browser().postForm(path, { SAMLResponse })))
    const tickets = posts.map(({ location }) => location ?? '').filter((at) => at.startsWith('/sso/finish'))
    assert.equal(tickets.length, 1)
    const thief = await world.browser().get(tickets[0] ?? '')
    assert.equal(thief.location, '/sign-in?refused=elsewhere', 'a victim cannot be signed in as the attacker')
    const again = await browser.postForm(path, { SAMLResponse })
    assert.equal(again.location, '/sign-in?refused=elsewhere')
  })
})

test('a provider vouches neither for operators nor for disabled users, nor where the profile leaves it out', async () => {
  await withProvider(async (world) => {
    await world.user('gone@acme.example', { enabled: false })
    const as = (address: string) =>
      attempt(world, (request) => responseOf(request, signed(assertionOf({ request, address }))))
    assert.equal(await as('maya@acme.example'), null)
    assert.equal(await as('gone@acme.example'), null)
    const base = `/v1/tenants/${world.tenantId}/sign-in`
    const allowed = await world.admin.post(`${base}/operators`, { vouches: true }, 'PUT')
    assert.equal(allowed.status, 200, allowed.text)
    assert.equal(await as('maya@acme.example'), 'maya@acme.example')
    const inUse = await world.admin.post(
      `${base}/providers/${world.providerId}/enabled`,
      { enabled: false },
      'PUT',
    )
    assert.deepEqual([inUse.status, inUse.json.name], [409, 'provider-in-use'])
  })
})

test('abuse case 60: a failed test tells the administrator what to mend; other organisations cannot test', async () => {
  await withProvider(async (world) => {
    const { admin, providerId, tenantId } = world
    const sent = await admin.get(`/sso/start/${providerId}?test=1`)
    const request = readRequest(sent.location ?? '')
    const forged = responseOf(request, signed(assertionOf({ request, address: uma }), { by: otherKey }))
    await admin.postForm(new URL(request.acsUrl).pathname, { SAMLResponse: forged })
    const { providers } = (await admin.get(`/v1/tenants/${tenantId}/sign-in`)).json as unknown as {
      readonly providers: readonly { readonly test: { readonly state: string; readonly remedy: string } }[]
    }
    assert.equal(providers[0]?.test.state, 'failed')
    assert.match(providers[0]?.test.remedy ?? '', /import its metadata again/)
    assert.equal((await world.browser().get(`/sso/start/${providerId}?test=1`)).location, '/')
  })
})

test('metadata: theirs is read, ours is shown', async () => {
  await withProvider(async ({ admin, tenantId, providerId, browser }) => {
    const base = `/v1/tenants/${tenantId}/sign-in/saml-metadata`
    const read = await admin.post(base, { xml: metadata() })
    assert.deepEqual(read.json, { ...settings, signInUrl: 'https://idp.example/sso?a=1&b=2' })
    for (const xml of ['<html></html>', metadata().replace('IDPSSO', 'SPSSO'), `<!DOCTYPE x>${metadata()}`]) {
      assert.equal((await admin.post(base, { xml })).json.name, 'metadata-unreadable')
    }
    // Addresses inside are not fetched (abuse case 62).
    for (const url of ['http://169.254.169.254/latest', 'http://127.0.0.1:1/x'])
      assert.equal((await admin.post(base, { url })).json.name, 'metadata-unreadable')
    const ours = await browser().get(`/sso/saml/${providerId}/metadata`)
    assert.match(ours.text, /<SPSSODescriptor/)
    assert.match(ours.text, new RegExp(`Location="http://localhost:8080/sso/saml/${providerId}/acs"`))
    assert.match(ours.text, /WantAssertionsSigned="true"/)
  })
})
