// DKIM signatures, key records and bodies: nothing throws, what is read is in bounds, and the body hash does
// not depend on where chunks end.
import assert from 'node:assert/strict'
import { parseHeaderFields, splitMessage } from '@gatepost/mail/header.ts'
import { arcFields, newestMessageSignature } from '@gatepost/server/authentication/arc-fields.ts'
import { BodyHash } from '@gatepost/server/authentication/body-hash.ts'
import { readKey } from '@gatepost/server/authentication/dkim-key.ts'
import { SignableHeader } from '@gatepost/server/authentication/header-hash.ts'
import { readSignature } from '@gatepost/server/authentication/signature.ts'
import type { Target } from '../target.ts'

const SIGNATURE =
  'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=sender.example; s=s1; t=1; x=2; l=10;\r\n' +
  ' q=dns/txt; i=bob@mail.sender.example; h=From : To:from; bh=AAAA;\r\n\tb=QUJD RA==\r\nFrom: bob@sender.example\r\n'

export const signatures: Target = {
  name: 'signatures',
  seeds: [
    `${SIGNATURE}\r\nbody  \r\n\r\n`,
    `ARC-Message-Signature: i=2; a=ed25519-sha256; d=a.example; s=b; h=from; bh=A; b=A\r\n${SIGNATURE}no field\r\n\r\n \t\r\n`,
    'v=DKIM1; k=rsa; h=sha256; s=email; t=s:y; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6',
    'k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
  ],
  words: [
    '; ',
    '=',
    'b=',
    'h=',
    ':',
    'i=',
    '\r\n',
    '\r\n ',
    '\r',
    ' ',
    '\t',
    '  ',
    '\0',
    'ed25519',
    'xn--',
    'ü',
    '..',
  ],
  check(input, random) {
    const { headerBytes, bodyOffset } = splitMessage(input)
    const parsed = parseHeaderFields(headerBytes)
    if (parsed.ok) {
      const header = new SignableHeader(parsed.value)
      newestMessageSignature(arcFields(parsed.value))
      for (const field of parsed.value) {
        const read = readSignature(field, field.nameLower.startsWith('arc') ? 'arc' : 'dkim')
        if (read.kind === 'invalid') {
          assert.doesNotMatch(read.domain + read.selector, /[^a-z0-9.-]/)
          continue
        }
        assert.match(read.value.domain, /^[a-z0-9.-]+$/)
        assert.ok(header.signedBy(read.value).length <= 2 * input.length + 2)
      }
    }
    const key = readKey(input.toString('utf8'))
    if (key.kind === 'fault') assert.match(key.result, /^(neutral|policy)$/)
    checkBody(input.subarray(bodyOffset), random.below(input.length + 1))
  },
}

function checkBody(body: Buffer, cut: number): void {
  for (const canon of ['simple', 'relaxed'] as const) {
    const whole = new BodyHash({ canon, algorithm: 'sha256', length: null })
    whole.write(body)
    const cutUp = new BodyHash({ canon, algorithm: 'sha256', length: null })
    cutUp.write(body.subarray(0, cut))
    cutUp.write(body.subarray(cut))
    assert.deepEqual(cutUp.digest(), whole.digest())
  }
}
