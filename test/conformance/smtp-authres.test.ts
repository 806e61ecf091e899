// Authentication-Results in odd shapes (SpamAssassin's samples): read without exception, written back alike,
// ours removed.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test } from 'node:test'
import { fieldsNamed, parseHeaderFields, removeFields, splitMessage } from '@gatepost/mail/header.ts'
import {
  authenticationResults,
  isOwnAuthenticationResults,
  parseAuthenticationResults,
} from '@gatepost/mail/trace-fields.ts'
import { skipWithout, testdataFiles } from './testdata.ts'

const NAME = 'Authentication-Results'
const skip = skipWithout('authres')
const samples = skip ? [] : testdataFiles('authres').filter((file) => file.endsWith('.eml'))

test('the samples are here', { skip }, () => {
  assert.ok(samples.length >= 9)
})

for (const file of samples) {
  test(`authres ${basename(file)}`, () => {
    const content = readFileSync(file)
    const header = parseHeaderFields(splitMessage(content).headerBytes)
    assert.ok(header.ok)
    for (const field of fieldsNamed(header.value, NAME)) {
      const read = parseAuthenticationResults(field.value)
      if (!read.ok) {
        assert.match(read.fault, /^[a-z-]+$/)
        continue
      }
      const written = authenticationResults(read.value)
      assert.deepEqual(parseAuthenticationResults(written.slice(NAME.length + 1)), read)
      checkRemoval(content, read.value.authservId)
    }
  })
}

test('abuse 32: forged fields with our id are removed, those of others stay', () => {
  const content = Buffer.from(
    'Authentication-Results: mx.ours.example; dmarc=pass\r\n' +
      'authentication-results : (x) "MX.ours.example" 1;\r\n\tspf=pass\r\n' +
      'Authentication-Results: other.example; spf=fail\r\nSubject: x\r\n\r\nbody\r\n',
  )
  const kept = removeFields(content, (field) => isOwnAuthenticationResults(field, 'mx.ours.example'))
  assert.equal(
    Buffer.from(kept).toString(),
    'Authentication-Results: other.example; spf=fail\r\nSubject: x\r\n\r\nbody\r\n',
  )
})

/** With a sample's id as ours, no field of that id is left. */
function checkRemoval(content: Buffer, authservId: string): void {
  const kept = removeFields(content, (field) => isOwnAuthenticationResults(field, authservId))
  const header = parseHeaderFields(splitMessage(kept).headerBytes)
  assert.ok(header.ok)
  for (const field of fieldsNamed(header.value, NAME)) {
    const read = parseAuthenticationResults(field.value)
    assert.ok(!read.ok || read.value.authservId.toLowerCase() !== authservId.toLowerCase())
  }
}
