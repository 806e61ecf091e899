// Pages of the change feed: what control sends is read, anything else is named.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFeedPage } from './feed-page.ts'

const item = { position: 4, tenantId: 'ten_1', list: 'recipient', key: 'a@example.org', value: { source: 1 } }
const page = { items: [item], position: 9, restart: false }

test('pages are read', () => {
  const pages = [page, { ...page, fill: null }, { ...page, fill: 'c:1' }, { ...page, items: [] }]
  for (const one of [...pages, { ...page, items: [{ ...item, value: null }, item] }]) {
    assert.deepEqual(readFeedPage(JSON.stringify(one)), { ok: true, value: one })
  }
})

test('what is none is named', () => {
  const cases: readonly [unknown, string, number][] = [
    [null, 'not-a-page', 0],
    [[], 'not-a-page', 0],
    [{ ...page, position: '9' }, 'not-a-page', 0],
    [{ ...page, restart: 0 }, 'not-a-page', 0],
    [{ ...page, fill: 3 }, 'not-a-page', 0],
    [{ ...page, items: [item, { ...item, list: 'strangers' }] }, 'not-an-item', 1],
    [{ ...page, items: [{ ...item, position: 0.5 }] }, 'not-an-item', 0],
    [{ ...page, items: [{ ...item, key: undefined }] }, 'not-an-item', 0],
    [{ ...page, items: [{ ...item, value: 'text' }] }, 'not-an-item', 0],
    [{ ...page, items: [{ position: 4, tenantId: 'ten_1', list: 'recipient', key: 'a' }] }, 'not-an-item', 0],
  ]
  for (const [one, fault, at] of cases) {
    assert.deepEqual(readFeedPage(JSON.stringify(one)), { ok: false, fault, at }, JSON.stringify(one))
  }
  assert.deepEqual(readFeedPage('{'), { ok: false, fault: 'not-json', at: 0 })
})
