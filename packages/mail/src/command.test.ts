// Command lines: what is read, what is refused and why, and that no parameter carries a command inside.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domainToASCII } from 'node:url'
import { encodeUtf8, fromLatin1, hasControls } from './bytes.ts'
import { type Command, parseCommand } from './command.ts'
import { encodeOriginalRecipient, encodeXtext } from './xtext.ts'

const options = { smtpUtf8: true, toAscii: domainToASCII }
const read = (line: string, smtpUtf8 = true) => {
  const parsed = parseCommand(encodeUtf8(line), { ...options, smtpUtf8 })
  return parsed.ok ? parsed.value : parsed.fault
}
const noMail = {
  size: null,
  body: null,
  smtpUtf8: false,
  ret: null,
  envelopeId: null,
  auth: null,
  requireTls: false,
}

test('commands without paths', () => {
  for (const [line, command] of [
    ['EHLO client.example', { verb: 'EHLO', domain: 'client.example' }],
    ['ehlo [IPv6:2001:db8::1]', { verb: 'EHLO', domain: '[IPv6:2001:db8::1]' }],
    ['HeLo WIN_PC-1', { verb: 'HELO', domain: 'WIN_PC-1' }],
    ['EHLO client.example  ', { verb: 'EHLO', domain: 'client.example' }],
    ['DATA', { verb: 'DATA' }],
    ['data  ', { verb: 'DATA' }],
    ['RSET', { verb: 'RSET' }],
    ['QUIT', { verb: 'QUIT' }],
    ['NOOP', { verb: 'NOOP' }],
    ['NOOP whatever', { verb: 'NOOP' }],
    ['HELP MAIL', { verb: 'HELP' }],
    ['StartTLS', { verb: 'STARTTLS' }],
    ['BDAT 0 LAST', { verb: 'BDAT', size: 0, last: true }],
    ['bdat 9007199254740991 last', { verb: 'BDAT', size: 9007199254740991, last: true }],
    ['BDAT 86', { verb: 'BDAT', size: 86, last: false }],
    ['VRFY ann', { verb: 'VRFY', argument: 'ann' }],
    ['EXPN list', { verb: 'EXPN', argument: 'list' }],
    ['AUTH PLAIN', { verb: 'AUTH', mechanism: 'PLAIN', initialResponse: null }],
    ['auth scram-sha-256 bixh', { verb: 'AUTH', mechanism: 'SCRAM-SHA-256', initialResponse: 'bixh' }],
    ['AUTH EXTERNAL =', { verb: 'AUTH', mechanism: 'EXTERNAL', initialResponse: '' }],
  ] as const) {
    assert.deepEqual(read(line), command, line)
  }
})

test('faults', () => {
  for (const [line, fault] of [
    ['', 'unrecognized-command'],
    [' ', 'unrecognized-command'],
    ['GET / HTTP/1.1', 'unrecognized-command'],
    ['XCLIENT ADDR=1.2.3.4', 'unrecognized-command'],
    ['MAILFROM:<a@b>', 'unrecognized-command'],
    ['STARTTLSX', 'unrecognized-command'],
    ['STAR', 'unrecognized-command'],
    ['STARTTL', 'unrecognized-command'],
    ['STARTTLS now', 'syntax'],
    ['DATA x', 'syntax'],
    ['QUIT x', 'syntax'],
    ['RSET x', 'syntax'],
    ['EHLO', 'syntax'],
    ['EHLO a b', 'syntax'],
    ['EHLO a"b', 'syntax'],
    ['EHLO a(b)', 'syntax'],
    ['EHLO bücher.example', 'syntax'],
    [`EHLO ${'a'.repeat(256)}`, 'syntax'],
    ['VRFY', 'syntax'],
    ['AUTH', 'syntax'],
    ['AUTH PLAIN a b', 'syntax'],
    ['AUTH PLAIN ===', 'syntax'],
    [`AUTH ${'A'.repeat(21)}`, 'syntax'],
    ['MAIL', 'syntax'],
    ['MAIL FROM', 'syntax'],
    ['MAIL FROM:', 'syntax'],
    ['MAIL FROM:a@b', 'syntax'],
    ['MAIL FROM:  <a@b>', 'syntax'],
    ['MAIL TO:<a@b>', 'syntax'],
    ['MAIL FROM:<a@b', 'syntax'],
    ['MAIL FROM:<a@b>SIZE=1', 'syntax'],
    ['RCPT TO:a@b', 'syntax'],
    ['RCPT TO:<>', 'mailbox-syntax'],
    ['RCPT TO:<a>', 'mailbox-syntax'],
    ['NOOP \u0001', 'line-has-control-bytes'],
    ['MAIL\tFROM:<a@b>', 'line-has-control-bytes'],
    ['MAIL FROM:<a@b>\rRCPT TO:<c@d>', 'line-has-control-bytes'],
    ['MAIL FROM:<a\0@b>', 'line-has-control-bytes'],
    ['VRFY \u007f', 'line-has-control-bytes'],
  ] as const) {
    assert.equal(read(line), fault, JSON.stringify(line))
  }
})

test('paths, with the tolerance of one space', () => {
  assert.deepEqual(read('MAIL FROM:<>'), { verb: 'MAIL', reversePath: null, parameters: noMail })
  assert.deepEqual(read('mail from: <A@B.example>'), {
    verb: 'MAIL',
    reversePath: { localPart: 'A', domain: 'b.example' },
    parameters: noMail,
  })
  assert.deepEqual(read('RCPT TO:<Postmaster>'), {
    verb: 'RCPT',
    forwardPath: { localPart: 'postmaster', domain: '' },
    parameters: { notify: null, originalRecipient: null },
  })
  assert.deepEqual((read('RCPT TO:<"a> b"@c.example>') as Command & { verb: 'RCPT' }).forwardPath, {
    localPart: 'a> b',
    domain: 'c.example',
  })
})

test('parameters of MAIL', () => {
  const parameters = (text: string) => {
    const command = read(`MAIL FROM:<a@b.example> ${text}`)
    return typeof command === 'object' && command.verb === 'MAIL' ? command.parameters : command
  }
  for (const [text, changed] of [
    ['SIZE=12345', { size: 12345 }],
    ['SIZE=99999999999999999999', { size: 1e20 }],
    ['body=8bitmime', { body: '8BITMIME' }],
    ['BODY=BINARYMIME SIZE=1', { body: 'BINARYMIME', size: 1 }],
    ['SMTPUTF8', { smtpUtf8: true }],
    ['RET=hdrs ENVID=QQ+2B314159', { ret: 'HDRS', envelopeId: 'QQ+314159' }],
    ['AUTH=<>', { auth: '<>' }],
    ['AUTH=e+3Dmc2@example.com', { auth: 'e=mc2@example.com' }],
    ['REQUIRETLS', { requireTls: true }],
    ['  SIZE=1', { size: 1 }],
  ] as const) {
    assert.deepEqual(parameters(text), { ...noMail, ...changed }, text)
  }
  for (const [text, fault] of [
    ['FOO=1', 'parameter-unknown'],
    ['NOTIFY=NEVER', 'parameter-unknown'],
    ['__proto__=1', 'parameter-syntax'],
    ['CONSTRUCTOR=1', 'parameter-unknown'],
    ['SIZE', 'parameter-syntax'],
    ['SIZE=', 'parameter-syntax'],
    ['SIZE=-1', 'parameter-syntax'],
    ['SIZE=1e3', 'parameter-syntax'],
    ['SIZE=1 SIZE=2', 'parameter-syntax'],
    [`SIZE=${'9'.repeat(21)}`, 'parameter-syntax'],
    ['BODY=x', 'parameter-syntax'],
    ['RET=', 'parameter-syntax'],
    ['SMTPUTF8=1', 'parameter-syntax'],
    ['REQUIRETLS=1', 'parameter-syntax'],
    ['=1', 'parameter-syntax'],
    ['-A=1', 'parameter-syntax'],
    [`ENVID=${'a'.repeat(101)}`, 'parameter-syntax'],
    ['AUTH=nobody', 'parameter-syntax'],
  ] as const) {
    assert.equal(parameters(text), fault, text)
  }
})

test('parameters of RCPT', () => {
  const parameters = (text: string) => {
    const command = read(`RCPT TO:<a@b.example> ${text}`)
    return typeof command === 'object' && command.verb === 'RCPT' ? command.parameters : command
  }
  assert.deepEqual(parameters('NOTIFY=success,FAILURE,DELAY'), {
    notify: ['SUCCESS', 'FAILURE', 'DELAY'],
    originalRecipient: null,
  })
  assert.deepEqual(parameters('ORCPT=RFC822;a+2Bb@c.example NOTIFY=NEVER'), {
    notify: ['NEVER'],
    originalRecipient: 'rfc822;a+b@c.example',
  })
  // As Postfix 3.7 writes it.
  assert.deepEqual(parameters('ORCPT=rfc822;b+C3+A9n+2B@c.example'), {
    notify: null,
    originalRecipient: 'utf-8;bén+@c.example',
  })
  assert.deepEqual(parameters('ORCPT=utf-8;j\\x{F6}rg@c.example'), {
    notify: null,
    originalRecipient: 'utf-8;jörg@c.example',
  })
  for (const [text, fault] of [
    ['NOTIFY=NEVER,FAILURE', 'parameter-syntax'],
    ['NOTIFY=', 'parameter-syntax'],
    ['NOTIFY=SOMETIMES', 'parameter-syntax'],
    ['ORCPT=a@b', 'parameter-syntax'],
    ['ORCPT=rfc822;', 'parameter-syntax'],
    ['ORCPT=;a@b', 'parameter-syntax'],
    [`ORCPT=rfc822;${'a'.repeat(500)}`, 'parameter-syntax'],
    ['ORCPT=x400;b+C3+A9n@c.example', 'parameter-syntax'],
    ['ORCPT=rfc822;b+C3n@c.example', 'parameter-syntax'],
    ['ORCPT=rfc822;b+A9+C3n@c.example', 'parameter-syntax'],
    ['ORCPT=rfc822;b+C2+85n@c.example', 'parameter-syntax'],
    ['ORCPT=rfc822;b+C3+A9+0Dn@c.example', 'parameter-syntax'],
    ['ORCPT=rfc822;b+C3+A9n=@c.example', 'parameter-syntax'],
    ['ORCPT=utf-8;a\\x{D}b', 'parameter-syntax'],
    ['ORCPT=utf-8;a\\x{0D}b', 'parameter-syntax'],
    ['ORCPT=utf-8;a\\x{D800}b', 'parameter-syntax'],
    ['SIZE=1', 'parameter-unknown'],
  ] as const) {
    assert.equal(parameters(text), fault, text)
  }
})

test('abuse 7: one mailbox or a refusal, never two', () => {
  for (const [line, expected] of [
    ['MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>', 'line-has-control-bytes'],
    ['MAIL FROM:<a@b.example\n>', 'line-has-control-bytes'],
    ['RCPT TO:<a\0b@c.example>', 'line-has-control-bytes'],
    ['RCPT TO:<a b@c.example>', 'mailbox-syntax'],
    ['RCPT TO:<a@b.example> <c@d.example>', 'parameter-syntax'],
    ['RCPT TO:<a@b.example><c@d.example>', 'syntax'],
    ['RCPT TO:<a@b.example,c@d.example>', 'mailbox-syntax'],
    ['RCPT TO:<<a@b.example>>', 'syntax'],
    [`RCPT TO:<${'a'.repeat(400)}@b.example>`, 'mailbox-syntax'],
    ['RCPT TO:<"a@b.example>', 'syntax'],
  ] as const) {
    assert.equal(read(line), expected, JSON.stringify(line))
  }
  const forward = (line: string) => (read(line) as Command & { verb: 'RCPT' }).forwardPath
  assert.deepEqual(forward('RCPT TO:<@x.example:a@b.example>'), { localPart: 'a', domain: 'b.example' })
  assert.deepEqual(forward('RCPT TO:<a%b@c.example>'), { localPart: 'a%b', domain: 'c.example' })
  assert.deepEqual(forward('RCPT TO:<"a@b"@c.example>'), { localPart: 'a@b', domain: 'c.example' })
})

test('abuse 7: 8-bit only with SMTPUTF8', () => {
  assert.equal(read('MAIL FROM:<jörg@b.example>'), 'utf8-not-announced')
  assert.equal(read('MAIL FROM:<jörg@b.example> SMTPUTF8', false), 'utf8-not-announced')
  assert.equal(read('MAIL FROM:<a@b.example> SMTPUTF8', false), 'parameter-unknown')
  assert.equal(read('RCPT TO:<jörg@b.example>', false), 'utf8-not-announced')
  assert.deepEqual(
    (read('MAIL FROM:<jörg@bücher.example> SMTPUTF8') as Command & { verb: 'MAIL' }).reversePath,
    {
      localPart: 'jörg',
      domain: 'xn--bcher-kva.example',
    },
  )
  const latin1 = parseCommand(fromLatin1('MAIL FROM:<j\u00f6rg@b.example> SMTPUTF8'), options)
  assert.equal(latin1.ok ? '' : latin1.fault, 'syntax')
  const latin1Unknown = parseCommand(fromLatin1('J\u00f6rg'), options)
  assert.equal(latin1Unknown.ok ? '' : latin1Unknown.fault, 'unrecognized-command')
})

test('abuse 6: chunk sizes that are none', () => {
  for (const line of [
    'BDAT',
    'BDAT x',
    'BDAT -1',
    'BDAT 1 2',
    'BDAT 1 LAST x',
    'BDAT  1',
    'BDAT 9223372036854775808',
    'BDAT 9007199254740993',
  ]) {
    assert.equal(read(line), 'syntax', line)
  }
})

test('abuse 9: parameters with encoded control characters are refused, and values are encoded when sent on', () => {
  for (const text of [
    'ENVID=a+0D+0ARCPT',
    'ENVID=a+00',
    'ENVID=a+7F',
    'ENVID=a+E4',
    'ENVID=a+0',
    'ENVID=a+GG',
    'AUTH=a+0D+0A@b.example',
    'AUTH=a+20b@c',
  ]) {
    assert.equal(read(`MAIL FROM:<a@b.example> ${text}`), 'parameter-syntax', text)
  }
  for (const text of ['ORCPT=rfc822;a+0D+0Ab', 'ORCPT=rfc822;a+0a', 'ORCPT=x+0A;a', 'ORCPT=utf-8;a+0D']) {
    assert.equal(read(`RCPT TO:<a@b.example> ${text}`), 'parameter-syntax', text)
  }
  assert.equal(encodeXtext('a+b=c d\r\nQUIT'), 'a+2Bb+3Dc+20dQUIT')
  for (const value of ['rfc822;a\r\nQUIT', 'utf-8;ü\r\nx\u0085', 'rfc822;a b', 'utf-8;a\\b']) {
    const encoded = encodeOriginalRecipient(value)
    assert.equal(hasControls(encoded) || /[^!-~]/.test(encoded), false, encoded)
  }
  assert.equal(encodeOriginalRecipient('utf-8;jörg@c'), 'utf-8;j\\x{F6}rg@c')
})
