// A request whose answer was lost is sent again and not done again (decisions 47).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AskedOnce, DoneRequests, takesKey } from './done-requests.ts'

const HOUR_MS = 3_600_000

function place() {
  let now = 0
  let count = 0
  const done = new DoneRequests(() => now)
  const ask = (
    change: Partial<AskedOnce> = {},
    work = async (): Promise<unknown> => {
      count += 1
      return { count }
    },
  ) =>
    done.run(
      { asker: 'ann', endpoint: 'addUser', key: 'k1', asked: { a: 1 }, raw: new Uint8Array(), ...change },
      work,
    )
  const pass = (ms: number): void => {
    now += ms
  }
  return { ask, counted: () => count, pass }
}

test('the same key is answered as before; another key, asker or endpoint is another request', async () => {
  const { ask, counted } = place()
  assert.deepEqual([await ask(), await ask(), await ask({ key: '"k1"' })], Array(3).fill({ count: 1 }))
  assert.deepEqual(await ask({ key: 'k2' }), { count: 2 })
  assert.deepEqual(await ask({ asker: 'bob' }), { count: 3 })
  assert.deepEqual(await ask({ endpoint: 'addDomain' }), { count: 4 })
  assert.equal(counted(), 4)
})

test('of two at once one is done, and both are answered', async () => {
  const { ask, counted } = place()
  assert.deepEqual(await Promise.all([ask(), ask()]), [{ count: 1 }, { count: 1 }])
  assert.equal(counted(), 1)
})

test('a key that came with another request is refused, and so is what is no key', async () => {
  const { ask } = place()
  await ask()
  await assert.rejects(ask({ asked: { a: 2 } }), { problemName: 'invalid-input' })
  await assert.rejects(ask({ raw: new Uint8Array([1]) }), { problemName: 'invalid-input' })
  for (const key of ['', '  ', 'ä', 'x'.repeat(256), 'a\tb'])
    await assert.rejects(ask({ key }), { problemName: 'malformed-request' }, key)
})

test('what failed is done again, and after an hour everything is new', async () => {
  const { ask, pass } = place()
  const failing = ask({}, async () => Promise.reject(new Error('no')))
  await assert.rejects(failing, /no/)
  assert.deepEqual(await ask(), { count: 1 })
  pass(HOUR_MS - 1)
  assert.deepEqual(await ask(), { count: 1 })
  pass(1)
  assert.deepEqual(await ask(), { count: 2 })
})

test('large answers push the oldest out, so that memory has a bound', async () => {
  const { ask } = place()
  const large = async (): Promise<unknown> => 'x'.repeat(9_000_000)
  await ask({ key: 'first' }, large)
  await ask({ key: 'second' }, large)
  assert.deepEqual(await ask({ key: 'first' }), { count: 1 })
  assert.equal(String(await ask({ key: 'second' })).length, 9_000_000)
})

test('what may be repeated anyway, and what sets cookies, minds no key', () => {
  const minds = (method: 'POST' | 'PUT', allow: 'users:write' | 'signed-in' | 'public') =>
    takesKey({ method, allow })
  assert.deepEqual(
    [
      minds('POST', 'users:write'),
      minds('PUT', 'users:write'),
      minds('POST', 'signed-in'),
      minds('POST', 'public'),
    ],
    [true, false, false, false],
  )
})
