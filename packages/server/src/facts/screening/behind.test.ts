// Attachments far behind in a large message are known by name and first octets, wherever windows cut them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findingsBehind } from './behind.ts'

const MEBIBYTE = 1_048_576

const part = (name: string, body: Buffer | string): Buffer =>
  Buffer.from(
    `\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n` +
      `Content-Disposition: attachment; filename="${name}"\r\n\r\n${Buffer.from(body).toString('base64')}\r\n`,
  )

const filler = (octets: number): Buffer => Buffer.alloc(octets, `${'QUJD'.repeat(19)}\r\n`)

function told(content: Buffer, from = 0): string[] {
  const read = (at: number, max: number) => content.subarray(at, at + max)
  return findingsBehind(read, { from, to: content.length }).map(
    (one) => `${one.class} ${one.file}: ${one.saw}`,
  )
}

test('names and first octets are found in every window, and across their edges', () => {
  const program = part('report.pdf', 'MZ\x90')
  for (const before of [0, 500_000, MEBIBYTE - 200, MEBIBYTE - 3, MEBIBYTE, 3 * MEBIBYTE - 60]) {
    const content = Buffer.concat([filler(before), program, filler(2 * MEBIBYTE), part('run.hta', 'x')])
    assert.deepEqual(
      told(content),
      ['dangerous report.pdf: a Windows program', 'dangerous run.hta: a file of type hta'],
      `${before}`,
    )
  }
})

test('what is shown as text, and what stands before, is no file', () => {
  const text = Buffer.from('\r\n--b\r\nContent-Type: text/plain\r\n\r\n#!/bin/sh\r\n-- \r\nAnn\r\n')
  assert.deepEqual(told(text), [])
  const content = Buffer.concat([part('run.exe', 'x'), filler(1000)])
  assert.deepEqual(told(content, 600), [])
})

test('case 18: a message of boundaries ends within its limit and is told as not seen', () => {
  const content = Buffer.alloc(4 * MEBIBYTE, '\r\n--b\r\nContent-Type: a/b\r\n\r\n')
  assert.deepEqual(told(content), ['unreadable : more files than are looked at'])
})
