// OpenID Connect against oidc-provider in this process, and against a provider that lies (abuse case 60).
import assert from 'node:assert/strict'
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { Provider } from 'oidc-provider'
import { profileDraft } from './asked.ts'
import { type Answer, type Browser, HOME, PASSWORD, type SignInPlace, withPlace } from './place.ts'

const CLIENT = { id: 'gatepost', secret: 'the-client-secret-of-this-test' }

type World = SignInPlace & { readonly admin: Browser; readonly providerId: string }

async function withOidc(issuer: string, work: (world: World) => Promise<void>): Promise<void> {
  await withPlace(async (place) => {
    // Identity providers of tests stand on loopback, which an operator has to open.
    Object.assign(place.control.deps.config.network, { privateTargets: ['127.0.0.0/8'] })
    await place.account('maya@acme.example', { role: 'super', operator: true })
    await place.user('uma@acme.example')
    const admin = place.browser()
    await admin.post('/v1/sessions', { email: 'maya@acme.example', password: PASSWORD })
    const made = await admin.post(`/v1/tenants/${place.tenantId}/sign-in/providers`, {
      name: 'Login',
      settings: { kind: 'oidc', issuer, clientId: CLIENT.id },
      secret: CLIENT.secret,
    })
    assert.equal(made.status, 201, made.text)
    assert.ok(!made.text.includes(CLIENT.secret), 'a secret never comes back (abuse case 63)')
    await work({ ...place, admin, providerId: (made.json as { readonly id: string }).id })
  })
}

/** Switches the provider on, whatever its test said, and lets everybody use it. */
async function open({ control, tenantId, providerId, admin }: World): Promise<void> {
  const { db } = control.deps.store
  await db
    .updateTable('identity_provider')
    .set({ enabled: 1 })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', providerId)
    .execute()
  const base = `/v1/tenants/${tenantId}/sign-in`
  const draft = await profileDraft(admin, { tenantId, id: 'default' })
  const body = { ...draft, providers: [providerId] }
  const saved = await admin.post(`${base}/profiles/default`, body, 'PUT')
  assert.equal(saved.status, 200, saved.text)
}

async function whyRefused({ control, tenantId }: World): Promise<string> {
  for (let wait = 0; wait < 3_000; wait += 1) {
    const row = await control.deps.store.db
      .selectFrom('audit')
      .select('after')
      .where('tenant_id', '=', tenantId)
      .where('action', '=', 'session.refused')
      .orderBy('id', 'desc')
      .executeTakeFirst()
    if (row?.after) return row.after
    await new Promise((done) => setTimeout(done, 20))
  }
  return ''
}

/** Goes through a real provider's login as a browser would: cookies of its own, forms, redirects. */
async function throughProvider(url: string, login: string): Promise<string> {
  const jar = new Map<string, string>()
  let next: { readonly url: string; readonly form?: URLSearchParams } = { url }
  for (let step = 0; step < 12; step += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(next.url, {
      redirect: 'manual',
      headers: { cookie },
      ...(next.form ? { method: 'POST', body: next.form } : {}),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      jar.set(name, value)
    }
    const location = response.headers.get('location')
    const html = await response.text()
    if (location !== null) {
      const target = new URL(location, next.url).href
      if (target.startsWith(HOME)) return target
      next = { url: target }
    } else {
      const action = /action="([^"]+)"/.exec(html)?.[1] ?? ''
      const prompt = /name="prompt" value="([^"]+)"/.exec(html)?.[1] ?? ''
      assert.ok(action !== '', html.slice(0, 500))
      next = {
        url: new URL(action, next.url).href,
        form: new URLSearchParams({ prompt, login, password: 'x' }),
      }
    }
  }
  throw new Error('the provider leads nowhere')
}

test('OpenID Connect with PKCE: a test sign-in, then people sign in', { timeout: 240_000 }, async () => {
  const server = createServer()
  const issuer = await listening(server)
  let redirectUri = ''
  try {
    await withOidc(issuer, async (world) => {
      redirectUri = `${HOME}/sso/oidc/${world.providerId}/callback`
      const provider = new Provider(issuer, {
        clients: [
          {
            client_id: CLIENT.id,
            client_secret: CLIENT.secret,
            redirect_uris: [redirectUri],
            token_endpoint_auth_method: 'client_secret_post',
          },
        ],
        claims: { openid: ['sub'], email: ['email', 'email_verified'] },
        conformIdTokenClaims: false,
        pkce: { required: () => true },
        findAccount: (_context: unknown, id: string) => ({
          accountId: id,
          claims: async () => ({ sub: id, email: id, email_verified: true }),
        }),
      })
      server.on('request', provider.callback())
      const { admin, providerId, tenantId } = world
      const sent = await admin.get(`/sso/start/${providerId}?test=1`)
      const back = await throughProvider(sent.location ?? '', 'uma@acme.example')
      const done = await followed(admin, back)
      assert.match(done.location ?? '', /tested=/)
      const base = `/v1/tenants/${tenantId}/sign-in`
      const enabled = await admin.post(`${base}/providers/${providerId}/enabled`, { enabled: true }, 'PUT')
      assert.equal(enabled.status, 200, enabled.text)
      await open(world)

      const browser = world.browser('198.51.100.7')
      const ways = await browser.post('/v1/sign-in/ways', { email: 'anybody@acme.example' })
      assert.deepEqual(ways.json, {
        password: true,
        providers: [{ id: providerId, name: 'Login', kind: 'oidc' }],
      })
      const begun = await browser.get(`/sso/start/${providerId}?next=/portal`)
      const answer = await throughProvider(begun.location ?? '', 'uma@acme.example')
      const signedIn = await followed(browser, answer)
      assert.equal(signedIn.location, '/portal')
      const me = (await browser.get('/v1/me')).json as unknown as { readonly email: string }
      assert.equal(me.email, 'uma@acme.example')
      // The same answer again, and in another browser.
      assert.equal((await followed(browser, answer)).location, '/sign-in?refused=elsewhere')

      const begunAgain = await world.browser().get(`/sso/start/${providerId}`)
      const stolen = await throughProvider(begunAgain.location ?? '', 'uma@acme.example')
      assert.equal((await followed(world.browser(), stolen)).location, '/sign-in?refused=elsewhere')
    })
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

type Lie = (claims: Record<string, unknown>) => {
  readonly header?: object
  readonly claims?: Record<string, unknown>
  readonly key?: KeyObject | null
}

test('abuse case 60: alg none, wrong issuer, audience, nonce, key and age are refused', {
  timeout: 240_000,
}, async () => {
  const right = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const wrong = generateKeyPairSync('rsa', { modulusLength: 2048 })
  let lie: Lie = () => ({})
  let nonce = ''
  const server = createServer((request, response) => {
    const json = (body: unknown): void => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(body))
    }
    const { pathname } = new URL(request.url ?? '/', issuer)
    if (pathname === '/.well-known/openid-configuration') {
      json({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256', 'none', 'HS256'],
      })
    } else if (pathname === '/jwks') {
      json({ keys: [{ ...right.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] })
    } else {
      const now = Math.floor(Date.now() / 1000)
      const base = {
        iss: issuer,
        aud: CLIENT.id,
        sub: 'uma',
        nonce,
        iat: now,
        exp: now + 300,
        email: 'uma@acme.example',
      }
      const { header = { alg: 'RS256', kid: 'one' }, claims = base, key = right.privateKey } = lie(base)
      json({ access_token: 'x', token_type: 'Bearer', id_token: jwtOf(header, claims, key) })
    }
  })
  const issuer = await listening(server)
  try {
    await withOidc(issuer, async (world) => {
      await open(world)
      const attempt = async (change: Lie, query = ''): Promise<Answer> => {
        lie = change
        const browser = world.browser('198.51.100.7')
        const begun = await browser.get(`/sso/start/${world.providerId}?next=/portal`)
        const asked = new URL(begun.location ?? '').searchParams
        nonce = asked.get('nonce') ?? ''
        assert.equal(asked.get('code_challenge_method'), 'S256')
        return followed(
          browser,
          `${HOME}/sso/oidc/${world.providerId}/callback?code=c&state=${asked.get('state')}${query}`,
        )
      }
      assert.equal((await attempt(() => ({}))).location, '/portal', 'the truth is believed')
      const lies: readonly (readonly [string, Lie])[] = [
        ['alg none', () => ({ header: { alg: 'none' }, key: null })],
        ['alg HS256', () => ({ header: { alg: 'HS256' } })],
        ['another key', () => ({ key: wrong.privateKey })],
        ['wrong issuer', (claims) => ({ claims: { ...claims, iss: 'https://evil.example' } })],
        ['wrong audience', (claims) => ({ claims: { ...claims, aud: 'somebody-else' } })],
        ['wrong nonce', (claims) => ({ claims: { ...claims, nonce: 'another' } })],
        ['expired', (claims) => ({ claims: { ...claims, exp: Math.floor(Date.now() / 1000) - 3_600 } })],
        ['address not verified', (claims) => ({ claims: { ...claims, email_verified: false } })],
        ['no address', (claims) => ({ claims: { ...claims, email: undefined } })],
        ['a foreign address', (claims) => ({ claims: { ...claims, email: 'uma@elsewhere.example' } })],
      ]
      for (const [name, change] of lies) {
        assert.equal((await attempt(change)).location, '/sign-in?refused=elsewhere', name)
        assert.notEqual(await whyRefused(world), '', name)
      }
      const mixed = await attempt(() => ({}), '&iss=https%3A%2F%2Fevil.example')
      assert.equal(mixed.location, '/sign-in?refused=elsewhere', 'mix-up by the issuer of the answer')
      const state = await world.browser().get(`/sso/oidc/${world.providerId}/callback?code=c&state=made-up`)
      assert.equal(state.location, '/sign-in?refused=elsewhere')
    })
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

function jwtOf(header: object, claims: object, key: KeyObject | null): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part(header)}.${part(claims)}`
  return `${text}.${key === null ? '' : createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`
}

/** Takes an answer home and follows it to where it ends. */
async function followed(browser: Browser, url: string): Promise<Answer> {
  const at = new URL(url)
  const answered = await browser.get(`${at.pathname}${at.search}`)
  return answered.location?.startsWith('/sso/') ? browser.get(answered.location) : answered
}

function listening(server: Server): Promise<string> {
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    ),
  )
}
