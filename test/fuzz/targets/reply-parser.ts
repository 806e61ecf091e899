// Replies of next hops: cut anywhere, they read the same; what comes out can be written as a reply of ours.
import assert from 'node:assert/strict'
import { formatReply, type Reply, ReplyParser, replyText } from '@gatepost/mail/reply.ts'
import type { Target } from '../target.ts'

export const replyParser: Target = {
  name: 'reply-parser',
  seeds: [
    '220 mx.example ESMTP\r\n',
    '250-mx\r\n250-SIZE 1\r\n250 DSN\r\n',
    '550-5.1.1 no\r\n550 5.1.1 user\r\n',
    '354 go\r\n250 2.0.0 Ok\r\n',
    '421\r\n',
  ],
  words: ['\r\n', '\n', '250-', '250 ', '5.1.1 ', '999 ', '-', '\0', '\x1b[31m', 'x'.repeat(600)],
  check(input, random) {
    const whole = read([input])
    const cut = random.below(input.length + 1)
    const parts = read([input.subarray(0, cut), input.subarray(cut)])
    assert.deepEqual(parts, whole)
    for (const reply of whole.replies) {
      assert.ok(reply.code >= 200 && reply.code < 600 && reply.lines.length > 0)
      assert.doesNotMatch(replyText(reply), /[\r\n\0]/)
      const written = formatReply(reply)
      assert.match(written, /^(?:[2-5][0-9]{2}[ -][ -~]*\r\n)+$/)
      for (const line of written.split('\r\n')) assert.ok(line.length <= 510)
      const [again] = new ReplyParser().push(Buffer.from(written))
      if (again !== undefined) assert.equal(again.code, reply.code)
    }
  },
}

function read(parts: readonly Buffer[]): { readonly replies: Reply[]; readonly fault: string | null } {
  const parser = new ReplyParser()
  const replies = parts.flatMap((part) => parser.push(part))
  return { replies, fault: parser.fault }
}
