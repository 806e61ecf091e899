// How much a browser loads before the shell shows: the entry, all it needs at once, and the styles, gzipped.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

/** Issue 7: the first load of the shell stays below this. */
const OCTETS_MAX = 250_000
const dist = join(import.meta.dirname, '../../packages/web/dist')

test('the first load of the shell is below 250 kB', (t) => {
  const index = readFileSync(join(dist, 'index.html'), 'utf8')
  const files = [...index.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map(
    ([, path = '']) => path,
  )
  const sizes = files.map((path) => ({ path, octets: gzipSync(readFileSync(join(dist, path))).length }))
  const sum = sizes.reduce((total, { octets }) => total + octets, 0)
  const largest = sizes.sort((one, other) => other.octets - one.octets).slice(0, 5)
  t.diagnostic(`${sum} octets gzipped in ${files.length} files; largest:`)
  for (const { path, octets } of largest) t.diagnostic(`${octets} ${path}`)
  assert.ok(files.length > 1, 'index.html names what it loads')
  assert.ok(sum < OCTETS_MAX, `${sum} octets are more than ${OCTETS_MAX}`)
})
