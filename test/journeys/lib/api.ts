// The API as a client of it sees it: plain fetch with the session cookie. For stories that need no browser.
import assert from 'node:assert/strict'

export type Api = {
  /** The parsed answer; fails the test on any other status than 2xx. */
  call<Output = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Output>
  /** Status and body, whatever they are. */
  raw(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: unknown }>
}

/** A client with a cookie jar of one cookie. */
export function createApi(baseUrl: string): Api {
  let cookie = ''
  const raw: Api['raw'] = async (method, path, body) => {
    const isText = typeof body === 'string'
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: {
        ...(cookie ? { cookie } : {}),
        ...(body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' }),
      },
      body: body === undefined ? null : isText ? body : JSON.stringify(body),
    })
    for (const set of response.headers.getSetCookie()) cookie = set.split(';')[0] ?? ''
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  }
  return {
    raw,
    async call(method, path, body) {
      const answer = await raw(method, path, body)
      assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body as never
    },
  }
}

/**
 * Runs the set-up link's steps: administrator and organisation. Returns the signed-in client and the tenant's
 * slug.
 */
export async function setUp(
  gateway: { readonly url: string; readonly setupUrl: string | null },
  password = 'correct horse battery',
): Promise<{ readonly api: Api; readonly slug: string }> {
  const token = /token=([\w-]+)/.exec(gateway.setupUrl ?? '')?.[1]
  assert.ok(token, 'the start printed no set-up link')
  const api = createApi(gateway.url)
  const { slug } = await api.call<{ slug: string }>('POST', '/v1/setup', {
    token,
    administrator: { name: 'Ada Admin', email: 'ada@acme.example', password },
    organization: {
      name: 'Acme Ltd',
      primaryDomain: 'acme.example',
      environment: 'on-premises',
      emergencyContact: { name: 'Ada Admin', email: 'ada@elsewhere.example', phone: '' },
    },
  })
  await stopGreylisting(api, slug)
  return { api, slug }
}

/** Switches greylisting off: stories about something else cannot wait for a minute. */
export async function stopGreylisting(api: Api, slug: string): Promise<void> {
  const path = `/v1/tenants/${slug}/policies`
  const { items } = await api.call<{ items: { id: string }[] }>('GET', `${path}?type=greylisting`)
  for (const { id } of items) await api.call('PATCH', `${path}/${id}`, { enabled: false })
}

/** Asks again until the condition holds; fails with the last value after `ms`. */
export async function eventually<Value>(
  ask: () => Promise<Value> | Value,
  holds: (value: Value) => boolean,
  ms = 60_000,
): Promise<Value> {
  const end = Date.now() + ms
  for (;;) {
    const value = await ask()
    if (holds(value)) return value
    if (Date.now() > end)
      assert.fail(`not reached within ${ms} ms; last: ${JSON.stringify(value)?.slice(0, 2_000)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
