// Command lines: whatever is taken holds no control characters, and reads the same when written again.
import assert from 'node:assert/strict'
import { domainToASCII } from 'node:url'
import { formatMailbox } from '@gatepost/mail/address.ts'
import { encodeUtf8, hasControls } from '@gatepost/mail/bytes.ts'
import { type Command, parseCommand } from '@gatepost/mail/command.ts'
import { formatPath } from '@gatepost/mail/path.ts'
import type { Target } from '../target.ts'

const options = { smtpUtf8: true, toAscii: domainToASCII }
const FAULTS = new Set([
  'unrecognized-command',
  'syntax',
  'parameter-syntax',
  'parameter-unknown',
  'line-has-control-bytes',
  'mailbox-syntax',
  'utf8-not-announced',
])

export const commands: Target = {
  name: 'commands',
  seeds: [
    'EHLO client.example',
    'HELO [192.0.2.1]',
    'MAIL FROM:<>',
    'MAIL FROM:<a@b.example> SIZE=100 BODY=8BITMIME SMTPUTF8 RET=FULL ENVID=a+2Bb AUTH=<>',
    'MAIL FROM:<"a b"@[IPv6:2001:db8::1]> REQUIRETLS',
    'MAIL FROM:<@x.example,@y.example:a@b.example>',
    'RCPT TO:<Postmaster>',
    'MAIL FROM:<j\xc3\xb6rg@b\xc3\xbccher.example> SMTPUTF8',
    'RCPT TO:<a@b.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+2Bb@c.example',
    'RCPT TO:<a@b.example> ORCPT=utf-8;\\x{263A}@c.example',
    'BDAT 100 LAST',
    'DATA',
    'RSET',
    'QUIT',
    'NOOP x',
    'STARTTLS',
    'HELP',
    'VRFY ann',
    'EXPN list',
    'AUTH PLAIN AGEAYg==',
    'AUTH LOGIN',
  ],
  words: [
    'MAIL FROM:',
    'RCPT TO:',
    ' SIZE=',
    ' NOTIFY=NEVER',
    '<>',
    '<a@b>',
    '\r\n',
    '+0D+0A',
    '"',
    '\\"',
    '@',
    '::',
    ' ORCPT=rfc822;',
    '\xe2\x80\xa8',
    '\xc2\x85',
    'xn--',
  ],
  check(input) {
    const copy = Buffer.from(input)
    const parsed = parseCommand(input, options)
    assert.deepEqual(input, copy)
    if (!parsed.ok) {
      assert.ok(FAULTS.has(parsed.fault), parsed.fault)
      assert.ok(parsed.at >= 0 && parsed.at <= input.length)
      return
    }
    // No line with a line ending inside is ever a command, and no value of one brings one along.
    assert.ok(!input.includes(13) && !input.includes(10) && !input.includes(0))
    for (const text of textsOf(parsed.value)) assert.equal(hasControls(text), false, JSON.stringify(text))
    checkPath(parsed.value)
  },
}

function textsOf(command: Command): string[] {
  if (command.verb === 'MAIL') {
    const { envelopeId, auth } = command.parameters
    return [formatPath(command.reversePath), envelopeId ?? '', auth ?? '']
  }
  if (command.verb === 'RCPT')
    return [formatPath(command.forwardPath), command.parameters.originalRecipient ?? '']
  return command.verb === 'EHLO' || command.verb === 'HELO' ? [command.domain] : []
}

function checkPath(command: Command): void {
  if (command.verb !== 'MAIL' && command.verb !== 'RCPT') return
  const path = command.verb === 'MAIL' ? command.reversePath : command.forwardPath
  if (path === null || path.domain === '') return
  const again = parseCommand(encodeUtf8(`RCPT TO:<${formatMailbox(path)}>`), options)
  assert.ok(again.ok && again.value.verb === 'RCPT')
  assert.deepEqual(again.value.forwardPath, path)
}
