// What a sealer says of DMARC is read from its results alone, and not from what senders wrote (case 31).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromLatin1 } from '@gatepost/mail/bytes.ts'
import { parseHeaderFields } from '@gatepost/mail/header.ts'
import { arcFields, sealersIn } from './arc-fields.ts'

function seenBy(results: string): string | null | undefined {
  const parsed = parseHeaderFields(
    fromLatin1(`ARC-Authentication-Results: i=1; list.example; ${results}\r\n`),
  )
  return parsed.ok ? sealersIn(arcFields(parsed.value))[0]?.dmarcPassFor : undefined
}

test('header.from of the one dmarc=pass; comments and quoted texts say nothing', () => {
  const cases: readonly [string, string | null][] = [
    ['spf=none; dmarc=pass header.from=Sender.example', 'sender.example'],
    ['dmarc=pass (p=REJECT sp=NONE) action=none header.from=sender.example; dkim=pass', 'sender.example'],
    ['dmarc=pass (a (nested) note) header.from=sender.example', 'sender.example'],
    ['dmarc=fail header.from=sender.example', null],
    ['dmarc=passive header.from=sender.example', null],
    ['dmarc=pass', null],
    ['spf=pass', null],
    // A reverse-path that is written to be read as a result.
    ['spf=pass smtp.mailfrom="a; dmarc=pass header.from=bank.example; b"@evil.example; dmarc=none', null],
    ['spf=pass (by "a(b); dmarc=pass header.from=bank.example; "@evil.example); dmarc=none', null],
    ['spf=pass (evil (x) ; dmarc=pass header.from=bank.example ) smtp.helo=x; dmarc=fail', null],
    ['spf=pass smtp.mailfrom="a\\"; dmarc=pass header.from=bank.example; \\""@evil.example', null],
    ['dmarc=pass header.from=bank.example; dmarc=fail header.from=bank.example', null],
    ['dmarc=pass (not closed header.from=bank.example', null],
  ]
  for (const [results, wanted] of cases) assert.equal(seenBy(results), wanted, results)
})

test('a comment does not make the results of one sealer those of another', () => {
  const fields = [
    'ARC-Seal: i=2; a=rsa-sha256; d=list.example; s=s; cv=pass; b=x',
    'ARC-Authentication-Results: i=2; list.example; dmarc=fail header.from=bank.example',
    'ARC-Seal: i=1; a=rsa-sha256; d=evil.example; s=s; cv=none; b=x',
    'ARC-Authentication-Results: (; i=2;) i=1; evil.example; dmarc=pass header.from=bank.example',
  ]
  const parsed = parseHeaderFields(fromLatin1(`${fields.join('\r\n')}\r\n`))
  assert.ok(parsed.ok)
  assert.deepEqual(sealersIn(arcFields(parsed.value)), [
    { domain: 'evil.example', dmarcPassFor: 'bank.example' },
    { domain: 'list.example', dmarcPassFor: null },
  ])
})
