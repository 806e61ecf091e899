// Delivery reports: whatever the next hop said and the original holds, the report is one message of three
// parts.
import assert from 'node:assert/strict'
import { bareLineEnding } from '@gatepost/mail/data.ts'
import { buildDsn } from '@gatepost/mail/dsn.ts'
import type { Target } from '../target.ts'

export const deliveryReports: Target = {
  name: 'delivery-reports',
  seeds: [
    '550 5.1.1 no such user',
    '550 x\r\n--=_d1_0--\r\n',
    'Subject: x\r\n\r\nbody\r\n',
    'Message-ID: <a@b>\r\n\r\n',
    'gr\xc3\xbcn',
  ],
  words: [
    '\r\n',
    '--',
    '--=_d1_0',
    '\r\n--=_d1_0',
    '\r\n\r\n',
    '\0',
    ' ',
    'x'.repeat(1200),
    'Message-ID: <a@b>',
  ],
  check(input, random) {
    const text = input.toString('utf8')
    const original = bareLineEnding(input) === null ? input : Buffer.from('Subject: x\r\n\r\nbody\r\n')
    const report = Buffer.from(
      buildDsn({
        reportingMta: 'mx.example',
        arrivalAt: 0,
        envelopeId: text,
        originalReversePath: { localPart: 'a', domain: 'b.example' },
        recipients: [
          {
            forwardPath: { localPart: text.slice(0, 60), domain: 'c.example' },
            originalRecipient: `rfc822;${text}`,
            action: 'failed',
            status: '5.1.1',
            diagnostic: text,
            remoteMta: text,
            lastAttemptAt: 0,
          },
        ],
        ret: random.pick(['FULL', 'HDRS', null] as const),
        originalContent: original,
        maxOriginalBytes: random.below(200),
        messageId: 'd1',
        at: 0,
        reasonText: text,
      }),
    ).toString('latin1')
    assert.equal(bareLineEnding(Buffer.from(report, 'latin1')), null)
    const boundary = /boundary="([^"]+)"\r\n/.exec(report)?.[1]
    assert.ok(boundary !== undefined)
    assert.equal(report.split(`\r\n--${boundary}\r\n`).length, 4)
    assert.equal(report.split(`\r\n--${boundary}--\r\n`).length, 2)
    const status = report.split(`\r\n--${boundary}\r\n`)[2]!.split('\r\n\r\n').slice(1)
    // One group for the message and one for the recipient: no text of a stranger opens another.
    assert.equal(status.filter((group) => group.trim() !== '').length, 2)
    assert.equal(
      report.match(/^Action: /gm)?.length,
      1 + (original.toString('latin1').match(/^Action: /gm)?.length ?? 0),
    )
  },
}
