// What outcomes mean for recipients, reports and DSNs.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatDate } from '@gatepost/mail/date.ts'
import { envelopeOf } from '#spool/spool.fixture.ts'
import type { DueRecipient, Envelope } from '#spool/spool.ts'
import { type Attempt, concludeAttempt } from './attempt.ts'
import { recipientOf, routeOfHost, settingsOf } from './delivery.fixture.ts'
import { createDsn } from './dsn.ts'
import { ATTEMPTS_MAX, GIVE_UP_MS, WARNING_ATTEMPT } from './retry.ts'
import type { RecipientResult } from './smtp-client.ts'

const NOW = 1_800_000_000_000

function conclude(
  results: RecipientResult[],
  envelope: Partial<Envelope> = {},
  changes: Partial<Attempt> = {},
) {
  return concludeAttempt({
    envelope: envelopeOf(envelope),
    results,
    now: NOW,
    startedAt: NOW - 40,
    nextHop: { host: 'mx.example', ip: '203.0.113.1', port: 25 },
    tls: null,
    relaysDsn: true,
    random: () => 0.5,
    newReportId: () => 'rep_1',
    newDsnId: () => 'msg_dsn',
    ...changes,
  })
}

function resultOf(
  kind: RecipientResult['kind'],
  recipient: Partial<DueRecipient> = {},
  text = 'no',
): RecipientResult {
  const reply = {
    delivered: { code: 250, status: '2.0.0', text: 'ok' },
    transient: { code: 451, status: '4.3.0', text },
    permanent: { code: 550, status: '5.1.1', text },
    ambiguous: { code: 421, status: '4.4.2', text },
  }[kind]
  return { recipient: recipientOf('ann@acme.example', recipient), kind, reply, isOurs: false }
}

describe('concludeAttempt (abuse case 47: who is told of a failure, and who never)', () => {
  it('defers with the schedule, and says ambiguous where it is', () => {
    for (const kind of ['transient', 'ambiguous'] as const) {
      const { settlements, dsnId } = conclude([resultOf(kind)])
      assert.deepEqual(settlements[0]?.outcome, {
        kind: 'deferred',
        nextAttemptAt: NOW + 120_000,
        attempts: 1,
      })
      assert.equal(settlements[0]?.report?.outcome, kind === 'transient' ? 'deferred' : kind)
      assert.equal(settlements[0]?.report?.durationMs, 40)
      assert.equal(dsnId, null)
    }
  })

  it('gathers recipients with one outcome and keeps others apart', () => {
    const { settlements } = conclude([
      resultOf('permanent', { index: 0 }),
      resultOf('delivered', { index: 1 }),
      resultOf('permanent', { index: 2 }),
      resultOf('permanent', { index: 3 }, 'something else'),
    ])
    assert.deepEqual(
      settlements.map(({ recipients }) => recipients),
      [[0, 2], [1], [3]],
    )
  })

  type Case = [
    name: string,
    result: RecipientResult,
    envelope: Partial<Envelope>,
    outcome: string,
    notice: string | null,
  ]
  const tried = { attempts: WARNING_ATTEMPT - 1, firstAttemptAt: NOW - 4 * 3_600_000 }
  const last = { attempts: ATTEMPTS_MAX - 1, firstAttemptAt: NOW - 94 * 3_600_000 }
  const cases: Case[] = [
    ['a failure is told', resultOf('permanent'), {}, 'bounced', 'failed 5.1.1'],
    ['giving up is told', resultOf('transient', last), {}, 'bounced', 'failed 5.4.7'],
    ['a delay is told once', resultOf('transient', tried), {}, 'deferred', 'delayed 4.3.0'],
    [
      'a delay has a status of its own class',
      { ...resultOf('transient', tried), reply: { code: 554, status: '5.3.2', text: 'no service' } },
      {},
      'deferred',
      'delayed 4.4.7',
    ],
    ['not before', resultOf('transient', { ...tried, attempts: WARNING_ATTEMPT - 2 }), {}, 'deferred', null],
    [
      'not where NOTIFY leaves delays out',
      resultOf('transient', { ...tried, notify: ['FAILURE'] }),
      {},
      'deferred',
      null,
    ],
    ['unproven reverse-path: held', resultOf('permanent'), { dsnAllowed: false }, 'held', null],
    ['null reverse-path: held', resultOf('permanent'), { reversePath: null }, 'held', null],
    ['NOTIFY=NEVER: held', resultOf('permanent', { notify: ['NEVER'] }), {}, 'held', null],
    ['success asked for, passed on', resultOf('delivered', { notify: ['SUCCESS'] }), {}, 'delivered', null],
  ]
  for (const [name, result, envelope, outcome, notice] of cases) {
    it(name, () => {
      const { settlements, notices, dsnId, withheld } = conclude([result], envelope)
      assert.equal(settlements[0]?.outcome.kind, outcome)
      assert.equal(notices[0] === undefined ? null : `${notices[0].action} ${notices[0].status}`, notice)
      assert.equal(dsnId, notice === null ? null : 'msg_dsn')
      assert.equal(settlements[0]?.report?.dsnId, dsnId)
      assert.equal(withheld.length, outcome === 'held' ? 1 : 0)
    })
  }

  it('says until when it is tried, and the days that it was paused or held do not count', () => {
    const receivedAt = NOW - 20 * 24 * 3_600_000
    const { notices } = conclude([resultOf('transient', tried)], { receivedAt })
    assert.equal(notices[0]?.willRetryUntil, tried.firstAttemptAt + GIVE_UP_MS)
    const dsn = createDsn({
      id: 'msg_dsn',
      envelope: envelopeOf({ receivedAt }),
      notices,
      original: Buffer.from('Subject: hi\r\n\r\n'),
      hostname: 'gate.example',
      settings: null,
      now: NOW,
    })
    assert.ok(dsn?.content.kind === 'memory')
    const text = Buffer.concat([...dsn.content.chunks]).toString()
    const until = formatDate(tried.firstAttemptAt + GIVE_UP_MS)
    assert.ok(text.includes(`Will-Retry-Until: ${until}`) && text.includes(`We keep trying until ${until}`))
  })

  it('reports success itself where the next hop does not (RFC 3461 §5.2.2)', () => {
    const { notices } = conclude([resultOf('delivered', { notify: ['SUCCESS'] })], {}, { relaysDsn: false })
    assert.equal(notices[0]?.action, 'relayed')
    assert.deepEqual(conclude([resultOf('delivered')], {}, { relaysDsn: false }).notices, [])
  })

  it('names the host only for what the host said', () => {
    assert.equal(conclude([resultOf('permanent')]).notices[0]?.remoteMta, 'mx.example')
    assert.equal(conclude([{ ...resultOf('permanent'), isOurs: true }]).notices[0]?.remoteMta, null)
  })
})

describe('createDsn (abuse case 47)', () => {
  const { notices } = conclude([resultOf('permanent', { originalRecipient: 'rfc822;ann@old.example' })])
  const about = {
    id: 'msg_dsn',
    notices,
    original: Buffer.from('Subject: secret plan\r\n\r\nbody text\r\n'),
    hostname: 'gate.example',
    settings: settingsOf([routeOfHost('127.0.0.1', 25)]),
    now: NOW,
  }
  it('is a message of ours with the null reverse-path that nobody is told of', () => {
    const parameters = { ...envelopeOf().parameters, envelopeId: 'QQ314159' }
    const dsn = createDsn({ ...about, envelope: envelopeOf({ parameters }) })
    assert.ok(dsn !== null && dsn.content.kind === 'memory')
    const { envelope, report } = dsn
    assert.deepEqual(
      [envelope.reversePath, envelope.dsnAllowed, envelope.direction],
      [null, false, 'outbound'],
    )
    assert.equal(envelope.recipients[0]?.forwardPath, 'bob@sender.example')
    assert.deepEqual([report.id, report.origin, report.settingsRevision], ['msg_dsn', 'dsn', 7])
    assert.equal(report.subject, 'Your message could not be delivered')
    const text = Buffer.concat([...dsn.content.chunks]).toString()
    for (const part of [
      'Final-Recipient: rfc822; ann@acme.example',
      'Original-Recipient: rfc822; ann@old.example',
      'Original-Envelope-Id: QQ314159',
      'Action: failed',
      'Status: 5.1.1',
      'Remote-MTA: dns; mx.example',
      'Diagnostic-Code: smtp; 550 5.1.1 no',
      'Subject: secret plan',
    ]) {
      assert.ok(text.includes(part), part)
    }
    assert.equal(text.includes('body text'), false, 'the header comes back unless RET=FULL')
    assert.equal(envelope.size, text.length)
  })
  it('never brings back whole what had to have TLS all the way (RFC 8689 §5)', () => {
    const parameters = { ...envelopeOf().parameters, ret: 'FULL', requireTls: true } as const
    const dsn = createDsn({ ...about, envelope: envelopeOf({ parameters }) })
    assert.ok(dsn?.content.kind === 'memory')
    assert.equal(Buffer.concat([...dsn.content.chunks]).includes('body text'), false)
  })
  it('goes inbound to a reverse-path of the tenant, and whole when RET=FULL', () => {
    const parameters = { ...envelopeOf().parameters, ret: 'FULL' } as const
    const dsn = createDsn({ ...about, envelope: envelopeOf({ reversePath: 'bob@acme.example', parameters }) })
    assert.equal(dsn?.envelope.direction, 'inbound')
    assert.ok(dsn?.content.kind === 'memory' && Buffer.concat([...dsn.content.chunks]).includes('body text'))
  })
  it('stays with the tenant whose people wrote it, also when their domain is somebody else’s by now', () => {
    const lostDomains = [{ name: 'sold.example', lostAt: NOW - 1_000 }]
    const settings = { ...about.settings, lostDomains }
    const directionOf = (receivedAt: number) =>
      createDsn({ ...about, settings, envelope: envelopeOf({ reversePath: 'bob@sold.example', receivedAt }) })
        ?.envelope.direction
    assert.deepEqual([directionOf(NOW - 2_000), directionOf(NOW)], ['inbound', 'outbound'])
  })
})
