// Replies: written so that no text breaks out of its line, read within limits.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeUtf8, fromLatin1 } from './bytes.ts'
import { formatReply, type Reply, ReplyParser, replies, replyText, withLink } from './reply.ts'

test('replies are written with status on every line', () => {
  for (const [reply, text] of [
    [replies.greeting('mx.example'), '220 mx.example ESMTP Gatepost\r\n'],
    [
      replies.ehlo('mx.example', ['SIZE 10', 'STARTTLS']),
      '250-mx.example\r\n250-SIZE 10\r\n250 STARTTLS\r\n',
    ],
    [replies.ehlo('mx.example', []), '250 mx.example\r\n'],
    [replies.accepted('q1'), '250 2.0.0 Ok: queued as q1\r\n'],
    [replies.unknownRecipient, '550 5.1.1 Invalid Recipient\r\n'],
    [
      replies.openRelay('address 192.0.2.1 is not authorized'),
      '451 4.7.1 Open relay not allowed (address 192.0.2.1 is not authorized)\r\n',
    ],
    [{ code: 250, status: '2.0.0', lines: ['one', 'two'] }, '250-2.0.0 one\r\n250 2.0.0 two\r\n'],
    [{ code: 250, status: null, lines: [] }, '250 \r\n'],
    [
      withLink(replies.greylisted, 'https://g.example/x'),
      '451 4.2.0 Internal resources are temporarily unavailable (greylisting) - https://g.example/x\r\n',
    ],
  ] as const) {
    assert.equal(formatReply(reply), text)
  }
  assert.equal(replyText(replies.bye), '221 2.0.0 Bye')
})

test('texts cannot end their line, nor pass its length', () => {
  const injected = formatReply(replies.openRelay('a\r\n250 Ok\u0000ü'))
  assert.equal(injected, '451 4.7.1 Open relay not allowed (a??250 Ok??)\r\n')
  for (const text of ['word '.repeat(400), 'x'.repeat(2000)]) {
    const lines = formatReply({ code: 550, status: '5.7.1', lines: [text, 'end'] }).split('\r\n')
    assert.equal(lines.pop(), '')
    for (const [i, line] of lines.entries()) {
      assert.ok(line.length <= 510)
      assert.ok(line.startsWith(i === lines.length - 1 ? '550 5.7.1 ' : '550-5.7.1 '))
    }
  }
})

test('the catalogue: status agrees with the code, and every text fits one line', () => {
  const made: Reply[] = Object.values(replies).map((entry) =>
    typeof entry === 'function' ? (entry as (...args: never[]) => Reply)('x' as never, [] as never) : entry,
  )
  assert.ok(made.length > 60)
  for (const reply of made) {
    if (reply.status !== null) assert.equal(reply.status[0], String(reply.code)[0], replyText(reply))
    if (reply.lines.length === 1) assert.equal(formatReply(reply).split('\r\n').length, 2)
    assert.doesNotMatch(replyText(reply), /!|please|successfully/i)
  }
})

test('replies are read, however they are cut', () => {
  const text =
    '220 mx.example ESMTP\r\n250-mx.example\r\n250-SIZE 10\r\n250 DSN\r\n' +
    '550-5.1.1 no such\r\n550 5.1.1 user\r\n354 go\n250\r\n421 4.3.2\r\n'
  const expected = [
    { code: 220, status: null, lines: ['mx.example ESMTP'] },
    { code: 250, status: null, lines: ['mx.example', 'SIZE 10', 'DSN'] },
    { code: 550, status: '5.1.1', lines: ['no such', 'user'] },
    { code: 354, status: null, lines: ['go'] },
    { code: 250, status: null, lines: [''] },
    { code: 421, status: '4.3.2', lines: [''] },
  ]
  for (const piece of [1, 2, 3, 5, 1000]) {
    const parser = new ReplyParser()
    const seen: Reply[] = []
    const bytes = encodeUtf8(text)
    for (let at = 0; at < bytes.length; at += piece) seen.push(...parser.push(bytes.subarray(at, at + piece)))
    assert.deepEqual(seen, expected)
    assert.equal(parser.fault, null)
    assert.equal(parser.hasPending, false)
  }
})

test('a reply that was heard before reads the same, and a line of a longer one is not taken for it', () => {
  const parser = new ReplyParser()
  const others = Array.from({ length: 40 }, (_, i) => `250 2.0.0 queued as ${i}\r\n`)
  const texts = ['250 2.1.0 Ok\r\n', '250-2.1.0 more\r\n250 2.1.0 Ok\r\n', '354 go\r\n', ...others]
  for (const text of [...texts, ...texts, ...texts.toReversed()]) {
    assert.deepEqual(parser.push(encodeUtf8(text)), new ReplyParser().push(encodeUtf8(text)), text)
  }
  assert.equal(parser.push(encodeUtf8('250-2.1.0 Ok\r\n')).length, 0)
  assert.deepEqual(parser.push(encodeUtf8('354 go\r\n')), [])
  assert.equal(parser.fault, 'code-changed')
})

test('a status of another class is text', () => {
  const [reply] = new ReplyParser().push(encodeUtf8('250 5.1.1 odd\r\n'))
  assert.deepEqual(reply, { code: 250, status: null, lines: ['5.1.1 odd'] })
})

test('control bytes of a next hop do not reach logs', () => {
  const [reply] = new ReplyParser().push(fromLatin1('550 a\u001b[31m\u0000b\rc\r\n'))
  assert.deepEqual(reply?.lines, ['a?[31m?b?c'])
})

test('a challenge of AUTH may have 12,288 octets, however it comes (RFC 4954 §4)', () => {
  const line = `334 ${'x'.repeat(12_282)}\r\n`
  const parser = new ReplyParser()
  const replies = [line.slice(0, 2), line.slice(2, 5000), line.slice(5000)].flatMap((text) =>
    parser.push(encodeUtf8(text)),
  )
  assert.deepEqual([parser.fault, replies[0]?.code, replies[0]?.lines[0]?.length], [null, 334, 12_282])
})

test('abuse 4: limits on what a next hop may say', () => {
  for (const [text, fault] of [
    ['x'.repeat(1_000_000), 'line-too-long'],
    [`250 ${'x'.repeat(3000)}\r\n`, 'line-too-long'],
    [`334 ${'x'.repeat(12_300)}\r\n`, 'line-too-long'],
    [`334-x\r\n334 ${'x'.repeat(3000)}\r\n`, 'line-too-long'],
    ['250-x\r\n'.repeat(300), 'too-many-lines'],
    ['hello\r\n', 'reply-syntax'],
    ['\r\n', 'reply-syntax'],
    ['150 x\r\n', 'reply-syntax'],
    ['250x\r\n', 'reply-syntax'],
    ['250-a\r\n550 b\r\n', 'code-changed'],
  ] as const) {
    const parser = new ReplyParser()
    const seen = parser.push(encodeUtf8(text))
    assert.equal(parser.fault, fault, text.slice(0, 20))
    assert.deepEqual(seen, [])
    assert.deepEqual(parser.push(encodeUtf8('250 ok\r\n')), [])
  }
})

test('abuse 4: text after the STARTTLS reply is noticed and forgotten', () => {
  const parser = new ReplyParser()
  assert.equal(parser.push(encodeUtf8('220 go\r\n250-inject')).length, 1)
  assert.equal(parser.hasPending, true)
  parser.reset()
  assert.equal(parser.hasPending, false)
  assert.equal(parser.push(encodeUtf8('250 fresh\r\n'))[0]?.lines[0], 'fresh')
})
