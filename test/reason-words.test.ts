// Pages find the words of a reason by its English sentence: the console's list is that of the policies.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { reasons } from '@gatepost/server/policy/reasons.ts'

const CATALOGUE = new URL('../packages/web/src/i18n/en/reasons.json', import.meta.url)

test('the console knows every reason by the sentence that rows of mail carry', () => {
  assert.deepEqual(JSON.parse(readFileSync(CATALOGUE, 'utf8')), { ...reasons })
})

test('no two reasons read alike', () => {
  assert.equal(new Set(Object.values(reasons)).size, Object.keys(reasons).length)
})
