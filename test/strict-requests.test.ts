// A request that would do nothing does not look done: unknown fields, files of unknown kinds, changes without
// content.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpoints } from '@gatepost/contract/endpoints.ts'
import * as z from 'zod'
import { fingerprintOf, type World, withWorld } from './isolation/world.ts'

type Answer = {
  readonly status: number
  readonly name?: string
  readonly detail?: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}
type Asked = {
  readonly ifMatch?: string
  readonly key?: string
  readonly method: string
  readonly path: string
  readonly body?: string
  readonly type?: string
}

type Place = {
  readonly app: ReturnType<World['control']['app']>
  /** Of a super administrator of the organisation. */
  readonly cookie: string
  /** As that administrator; `{tenant}` and the like in the path stand for what the organisation has. */
  ask(asked: Asked): Promise<Answer>
  /** Asserts that nothing was written since the test began. */
  unchanged(because?: string): Promise<void>
}

const tenant = '/v1/tenants/{tenant}'

function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  return withWorld(async ({ control, acme }) => {
    const cookie = await control.person({ tenantId: acme.id, role: 'super' })
    const app = control.app()
    const names = new Map(Object.entries({ ...acme.ids, tenant: acme.id }))
    const ask = async ({
      method,
      path,
      body,
      ifMatch,
      key,
      type = 'application/json',
    }: Asked): Promise<Answer> => {
      const place = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => names.get(name) ?? `no-${name}`)
      const more = {
        ...(type === '' ? {} : { 'content-type': type }),
        ...(ifMatch && { 'if-match': ifMatch }),
        ...(key && { 'idempotency-key': key }),
      }
      const headers = { host: 'localhost', cookie, ...more }
      const init = { method, headers, ...(body === undefined ? {} : { body }) }
      const response = await app.request(`http://localhost${place}`, init, {
        incoming: { socket: { remoteAddress: '127.0.0.1' } },
      })
      const { status } = response
      return { ...(response.ok ? {} : ((await response.json()) as Answer)), status }
    }
    const before = await fingerprintOf(control, acme.id)
    const unchanged = async (because?: string): Promise<void> =>
      assert.deepEqual(await fingerprintOf(control, acme.id), before, because ?? 'nothing is written')
    await work({ app, cookie, ask, unchanged })
  })
}

test('fields that are not known and files that cannot be read', () =>
  inPlace(async ({ ask, unchanged }) => {
    const beside = { email: 'new@acme.example', name: 'New', alaises: [] }
    const user = await ask({ method: 'POST', path: `${tenant}/users`, body: JSON.stringify(beside) })
    assert.deepEqual(
      { status: user.status, name: user.name, errors: user.errors },
      {
        status: 422,
        name: 'invalid-input',
        errors: [{ path: '/alaises', message: '“alaises” is not known here. Did you mean “aliases”?' }],
      },
    )
    const alone = await ask({ method: 'PATCH', path: `${tenant}`, body: JSON.stringify({ id: 'ten_x' }) })
    assert.deepEqual([alone.status, alone.errors?.[0]?.path], [422, '/id'])
    const list = await ask({ method: 'GET', path: `${tenant}/users?serch=ann&limit=10` })
    assert.deepEqual(list.errors, [
      { path: '/query/serch', message: '“serch” is not known here. Did you mean “search”?' },
    ])
    const path = `${tenant}/users/imports`
    const form = await ask({ method: 'POST', path, body: 'x', type: 'multipart/form-data; boundary=x' })
    assert.deepEqual([form.status, form.name], [415, 'media-type-unknown'])
    assert.match(
      form.detail ?? '',
      /^“multipart\/form-data” is not read here\. Send the file itself as text\/csv, /,
    )
    await unchanged()
  }))

// RFC 9110 §13.1.1
test('a condition that cannot be met is none that may be passed over', () =>
  inPlace(async ({ ask, unchanged }) => {
    const name = JSON.stringify({ name: 'Other' })
    for (const [ifMatch, status] of [
      ['"999999"', 412],
      ['"abc"', 412],
      ['abc', 412],
      ['"999998", "999999"', 400],
      ['"abc", W/"999999"', 412],
    ] as const)
      assert.equal(
        (await ask({ method: 'PATCH', path: tenant, body: name, ifMatch })).status,
        status,
        ifMatch,
      )
    await unchanged()
  }))

test('what the description calls refused is refused, at every door of an organisation', () =>
  inPlace(async ({ ask, unchanged }) => {
    for (const { name, method, path: at, raw } of endpoints.filter((one) => one.path.startsWith(tenant))) {
      const strange = await ask({ method, path: `${at}?zzUnknown=1` })
      assert.deepEqual([strange.status, strange.errors?.[0]?.path], [422, '/query/zzUnknown'], name)
      if (raw || method === 'GET' || method === 'DELETE') continue
      const more = await ask({ method, path: at, body: '{"zzUnknown":1}' })
      assert.equal(more.status, 422, name)
    }
    await unchanged()
  }))

test('an empty change writes nothing', () =>
  inPlace(async ({ ask, unchanged }) => {
    const changes = endpoints.filter(
      (one) => one.method === 'PATCH' && one.path.includes('{tenant}') && one.body.safeParse({}).success,
    )
    assert.ok(changes.length >= 8)
    for (const { name, path: at } of changes) {
      const { status } = await ask({ method: 'PATCH', path: at, body: '{}' })
      assert.ok(status === 200 || status === 404, `${name}: ${status}`)
      await unchanged(`${name} wrote something`)
    }
  }))

test('whoever shows nothing is not listened to for long', () =>
  inPlace(async ({ app, cookie }) => {
    const long = JSON.stringify({ email: 'x@acme.example', password: 'x'.repeat(40_000) })
    const sent = async (more: Record<string, string>) => {
      const headers = { host: 'localhost', 'content-type': 'application/json', ...more }
      const init = { method: 'POST', headers, body: long }
      const socket = { remoteAddress: '192.0.2.66' }
      return (await app.request('http://localhost/v1/sessions', init, { incoming: { socket } })).status
    }
    assert.deepEqual(
      [await sent({}), await sent({ cookie: 'gatepost=x' }), await sent({ cookie })],
      [413, 413, 422],
    )
  }))

test('what shows a revision takes it back, but for switches whose change says all of it', () =>
  inPlace(async ({ ask }) => {
    const switches = new Set(['chooseSignIn', 'setOperatorVouching', 'enableProvider'])
    for (const { name, method, output, problems } of endpoints) {
      if (method !== 'PUT' && method !== 'PATCH') continue
      const shows = output instanceof z.ZodObject && 'revision' in output.shape
      assert.equal(problems.includes('changed-meanwhile'), shows && !switches.has(name), name)
    }
    const rules = { classes: [], notifyAtOnce: true }
    const held = { method: 'PUT', path: `${tenant}/held-settings`, body: JSON.stringify(rules) }
    const [stale, fresh] = [await ask({ ...held, ifMatch: '"999999"' }), await ask({ ...held, ifMatch: '*' })]
    assert.deepEqual([stale.status, fresh.status], [412, 200])
  }))

test('what comes again with its key is answered as before; without it the name is taken', () =>
  inPlace(async ({ ask }) => {
    const made = { name: 'Once', description: '', permissions: ['senders:read'] }
    const make = (more: object, key?: string) =>
      ask({
        method: 'POST',
        path: `${tenant}/roles`,
        body: JSON.stringify({ ...made, ...more }),
        ...(key && { key }),
      })
    const answers = [
      await make({}, 'k'),
      await make({}, 'k'),
      await make({ name: 'Other' }, 'k'),
      await make({}),
    ]
    assert.deepEqual(
      answers.map(({ status, errors }) => [status, errors?.[0]?.path]),
      [
        [201, undefined],
        [201, undefined],
        [422, '/header/idempotency-key'],
        [422, '/name'],
      ],
    )
  }))
