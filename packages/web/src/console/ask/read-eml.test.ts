// A dropped message: who brought it and for whom, as far as its header tells.
import { expect, test } from 'vitest'
import { readEml } from './read-eml.ts'

const EML = [
  'Return-Path: <bounce-7@bulk.example>',
  'Delivered-To: ann@acme.example',
  'Received: from mx.acme.example (mx.acme.example [10.0.0.5]) by exchange.acme.example; Sun, 22 Nov 2026 10:00:02 +0000',
  'Received: from out7.bulk.example (out7.bulk.example [203.0.113.77])',
  '  by mx.acme.example; Sun, 22 Nov 2026 10:00:01 +0000',
  'From: Survey <noreply@survey.example>',
  'To: "Archer, Ann" <ann@acme.example>, bob@acme.example',
  'Subject: How did we do?',
  '',
  'A short text.',
].join('\n')

test('envelope and client come from what the last servers wrote; hops inside are passed over', () => {
  const { content, ...found } = readEml(EML)
  expect(found).toEqual({
    ip: '203.0.113.77',
    helo: 'out7.bulk.example',
    from: 'bounce-7@bulk.example',
    to: 'ann@acme.example',
  })
  expect(content).toContain('How did we do?\r\n\r\nA short text.')
})

test('what a header does not tell is asked for, and a body is not taken for one', () => {
  expect(
    readEml('From: x@far.example\n\nReceived: from evil [198.51.100.9]\nTo: ann@acme.example'),
  ).toMatchObject({
    ip: null,
    helo: null,
    from: null,
    to: null,
  })
})
