// What a dialog says about replies, explanations and the spool, compared with what came of it.

import assert from 'node:assert/strict'
import type { Reply } from '@gatepost/mail/reply.ts'
import { concludeAttempt } from '@gatepost/server/delivery/attempt.ts'
import { createDsn } from '@gatepost/server/delivery/dsn.ts'
import type { AcceptedReport } from '@gatepost/server/link/reports.ts'
import type { ExplanationStep } from '@gatepost/server/policy/policy.ts'
import type { SpooledMessage } from './fakes.ts'
import type { World } from './world.ts'

/** `250 2.1.5 text` against a reply; `+KEYWORD` and `-KEYWORD` for what EHLO announces. */
export function checkReply(reply: Reply, expected: string): void {
  const got = `${reply.code} ${reply.status ? `${reply.status} ` : ''}${reply.lines.join(' / ')}`
  const [code = '', ...words] = expected.split(' ')
  assert.equal(String(reply.code), code, `expected ${expected}, got ${got}`)
  if (/^\d\.\d+\.\d+$/.test(words[0] ?? ''))
    assert.equal(reply.status, words.shift(), `expected ${expected}, got ${got}`)
  const texts: string[] = []
  for (const word of words) {
    const keyword = word.slice(1)
    const isAnnounced = reply.lines.some((line) => line === keyword || line.startsWith(`${keyword} `))
    if (/^\+[A-Z0-9]+$/.test(word)) assert.ok(isAnnounced, `${keyword} is not announced: ${got}`)
    else if (/^-[A-Z0-9]+$/.test(word)) assert.ok(!isAnnounced, `${keyword} is announced: ${got}`)
    else texts.push(word)
  }
  const text = texts.join(' ')
  assert.ok(
    reply.lines.some((line) => line.includes(text)),
    `expected "${text}" in ${got}`,
  )
}

/** The newest report's explanation must hold the steps of the line, in their order. */
export function checkExplanation(world: World, line: string): void {
  const steps = newestExplanation(world)
  const shown = steps.map((step) => `${step.policy}: ${step.because}`)
  let at = 0
  for (const part of line.split(';').map((text) => text.trim())) {
    const found = shown.indexOf(part, at)
    assert.notEqual(found, -1, `"${part}" is not in the explanation: ${shown.join('; ')}`)
    at = found + 1
  }
}

/** `@ …` lines. */
export function checkOutcome(world: World, line: string): void {
  const [word = '', ...rest] = line.split(' ')
  const text = rest.join(' ')
  switch (word) {
    case 'nothing':
      assert.equal(world.spool.messages.length, 0, 'a message was accepted')
      return
    case 'accepted':
      checkFields(acceptedFields(newest(world), world), rest)
      return
    case 'refused':
      checkFields(refusedFields(world), rest)
      return
    case 'forwarded':
      checkForwarded(newest(world), text)
      return
    case 'trace':
      checkText(newest(world).envelope.traceFields, text)
      return
    case 'content':
      checkText(newest(world).content.toString('utf8'), text)
      return
    case 'delivered':
      checkText(delivered(newest(world)), text)
      return
    case 'bounced':
      checkText(bounced(newest(world)), text)
      return
    case 'event':
      assert.ok(
        world.events.some(({ name }) => name === text),
        `no event ${text}: ${[...new Set(world.events.map(({ name }) => name))].join(', ')}`,
      )
      return
    case 'greylist':
      checkFields(new Map(Object.entries(world.greylist.figures())), rest)
      return
    case 'offered':
      assert.equal(world.offered.length, Number(text))
      return
    default:
      throw new Error(`not understood: @ ${line}`)
  }
}

/** The reverse-path the first forwarded recipient goes with. */
function checkForwarded({ envelope }: SpooledMessage, expected: string): void {
  const found = envelope.recipients.find(({ forwarded }) => forwarded)?.forwarded
  assert.ok(found, 'no recipient is forwarded')
  assert.ok((found.reversePath ?? '<>').startsWith(expected), `it goes with ${found.reversePath}`)
}

function newest(world: World): SpooledMessage {
  const message = world.spool.messages.at(-1)
  assert.ok(message, 'no message was accepted')
  return message
}

function newestExplanation(world: World): readonly ExplanationStep[] {
  const accepted = world.spool.messages.at(-1)?.report
  const refused = world.spool.refusals.at(-1)
  if (refused && (!accepted || refused.id > accepted.id)) return refused.explanation
  assert.ok(accepted, 'there is no report')
  return [...accepted.recipients.flatMap(({ explanation }) => explanation), ...accepted.explanation]
}

function acceptedFields({ envelope, report }: SpooledMessage, world: World): Map<string, unknown> {
  const { parameters, recipients } = envelope
  const authentication = report.facts.authentication
  const found = authentication?.kind === 'known' ? authentication.value : null
  return new Map<string, unknown>([
    ['total', world.spool.messages.length],
    ['tenant', envelope.tenantId],
    ['direction', envelope.direction],
    ['reverse-path', envelope.reversePath ?? '<>'],
    ['recipients', recipients.map(({ forwardPath }) => forwardPath).join(',')],
    ['held', heldOf(report)],
    ['notify', recipients.map(({ notify }) => notify?.join('+') ?? '-').join(',')],
    ['orcpt', recipients.map(({ originalRecipient }) => originalRecipient ?? '-').join(',')],
    ['size', envelope.size],
    ['dsn', envelope.dsnAllowed ? 'yes' : 'no'],
    ['subject', report.subject],
    ['author', report.author ?? '-'],
    ['ret', parameters.ret ?? '-'],
    ['envid', parameters.envelopeId ?? '-'],
    ['body', parameters.body],
    ['smtputf8', parameters.smtpUtf8 ? 'yes' : 'no'],
    ['state', [...new Set(recipients.map(({ state }) => state))].join('+')],
    ['spf', found?.spf ?? 'unknown'],
    ['dkim', found?.dkim.map(({ result }) => result).join('+') || 'none'],
    ['dmarc', found?.dmarc.result ?? 'unknown'],
    ['arc', found?.arc ?? 'unknown'],
    ['name', report.client?.name ?? '-'],
    ['archive', recipients.flatMap(({ archive }) => archive ?? []).join('+') || '-'],
    ['cuts', envelope.cuts.length],
  ])
}

/** `ann@acme.example:refused-for-this-recipient`, for each that is held. */
function heldOf({ recipients }: AcceptedReport): string {
  return (
    recipients.flatMap(({ forwardPath, held }) => (held ? `${forwardPath}:${held}` : [])).join(',') || '-'
  )
}

function refusedFields(world: World): Map<string, unknown> {
  const report = world.spool.refusals.at(-1)
  assert.ok(report, 'nothing was refused')
  return new Map<string, unknown>([
    ['outcome', report.outcome],
    ['forward-path', report.forwardPath ?? '-'],
    ['reverse-path', report.reversePath ?? '<>'],
    ['tenant', report.tenantId ?? '-'],
    ['author', report.author ?? '-'],
    ['count', report.count],
    ['total', world.spool.refusals.length],
  ])
}

function checkFields(fields: ReadonlyMap<string, unknown>, pairs: readonly string[]): void {
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals)
    assert.ok(fields.has(name), `no such field: ${name}`)
    assert.equal(String(fields.get(name)), pair.slice(equals + 1), name)
  }
}

function checkText(text: string, expected: string): void {
  const isAbsent = expected.startsWith('lacks ')
  const wanted = JSON.parse(isAbsent ? expected.slice(6) : expected) as string
  // Folding is how a field is written, not what it says.
  const unfolded = text.replace(/\r\n[ \t]+/g, ' ')
  const holds = text.includes(wanted) || unfolded.includes(wanted)
  assert.equal(
    holds,
    !isAbsent,
    `${isAbsent ? 'holds' : 'lacks'} ${JSON.stringify(wanted)}:\n${text.slice(0, 2_000)}`,
  )
}

/** As delivery sends it: trace fields, then the content without the cuts. */
function delivered({ envelope, content }: SpooledMessage): string {
  let text = envelope.traceFields
  let from = 0
  for (const [start, end] of envelope.cuts) {
    text += content.toString('utf8', from, start)
    from = end
  }
  return text + content.toString('utf8', from)
}

/** The report that its sender gets when the mail host refuses every recipient, by the code that writes it. */
function bounced(message: SpooledMessage): string {
  const { envelope } = message
  const now = envelope.receivedAt + 1_000
  const reply = { code: 550, status: '5.1.1', text: 'No such user' }
  const { notices } = concludeAttempt({
    envelope,
    results: envelope.recipients.map((recipient) => ({
      recipient: { ...recipient, attempts: 0, firstAttemptAt: null },
      kind: 'permanent',
      reply,
      isOurs: false,
    })),
    now,
    startedAt: now,
    nextHop: { host: 'mail.host.example', ip: '203.0.113.25', port: 25 },
    tls: null,
    relaysDsn: false,
    random: () => 0.5,
    newReportId: () => 'rep_bounced',
    newDsnId: () => 'msg_bounced',
  })
  const dsn = createDsn({
    id: 'msg_bounced',
    envelope,
    notices,
    original: Buffer.from(delivered(message)),
    hostname: 'mx.gate.example',
    settings: null,
    now,
  })
  assert.ok(dsn && notices.length > 0 && dsn.content.kind === 'memory', 'nobody may be told of a failure')
  return Buffer.concat(dsn.content.chunks).toString('utf8')
}
