// Delivered and held mail reported as spam or as wanted from its entry in the message centre: the copy comes
// from the archive or from the edge, the lesson is counted, and can be taken back. And what people report
// themselves, by letter and in the portal.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listMailOfMine, reportMine } from '@gatepost/server/control/portal/mail.ts'
import type { Actor, Scope } from '@gatepost/server/control/scope.ts'
import { listSpamLessons, unteachSpam } from '@gatepost/server/control/screening/learn.ts'
import { reportMessage } from '@gatepost/server/control/screening/report-delivered.ts'
import { reportIntake } from '@gatepost/server/control/screening/report-letters.ts'
import { listMailReports, REPORTS_A_DAY_MAX } from '@gatepost/server/control/screening/reports.ts'
import type { Upload } from '@gatepost/server/link/archive-upload.ts'
import type { Store } from '@gatepost/server/store/open.ts'
import { world } from './archive/world.ts'
import { withControl } from './control.ts'
import { archiveMessage } from './isolation/fill-archive.ts'
import { accepted, addOrganisation, batchOf, delivery } from './store/fixtures.ts'

const OFFER = (n: number) =>
  `From: Nora <nora@bright.example>\nSubject: Tulips ${n}\n\nNew bulbs this week.\n`
const author = { author: 'nora@bright.example', reversePath: 'nora@bright.example' }

test('case 57: a message of the message centre becomes a lesson by its copy, and only of its own organisation', async () => {
  await withControl(async (control) => {
    const { deps } = control
    const { scope } = await world(control, 'acme')
    const other = await world(control, 'other')
    const without = await addOrganisation(deps.store, 'Bare', 'bare.example')
    const { tenantId } = scope
    const at = deps.clock.now()
    // Several of one author, the one that is meant neither the first nor the last.
    const messages = [1, 2, 3].map((n) =>
      accepted(tenantId, { at: at + n, subject: `Tulips ${n}`, ...author }),
    )
    const bare = accepted(without.tenantId, { at, ...author })
    const outbound = accepted(tenantId, { at, direction: 'outbound', ...author })
    const held = accepted(tenantId, {
      at,
      ...author,
      recipients: [
        { index: 0, forwardPath: 'ann@acme.example', explanation: [], facts: {}, held: 'by-policy' },
      ],
    })
    await deps.tracking.take(batchOf([...messages, bare, outbound, held]))
    for (const [n, { id }] of messages.entries()) {
      await archiveMessage(control, tenantId, { content: OFFER(n + 1), delivery: id, receivedAt: at })
    }
    control.waiting.set(`${tenantId} ${held.id}`, Buffer.from(OFFER(9)))

    const [, second] = messages
    const spam = await reportMessage(scope, { messageId: second!.id, kind: 'spam' }, deps)
    assert.deepEqual([spam.kind, spam.origin, spam.subject], ['spam', 'report', 'Tulips 2'])
    const again = await reportMessage(scope, { messageId: second!.id, kind: 'ham' }, deps)
    const wanted = await reportMessage(scope, { messageId: held.id, kind: 'ham' }, deps)
    assert.equal(wanted.subject, 'Tulips 9')
    const lessons = async () => (await listSpamLessons(scope, { limit: 50 }, deps)).items.map(({ id }) => id)
    assert.deepEqual(
      new Set(await lessons()),
      new Set([again.id, wanted.id]),
      'reported anew, it is one lesson',
    )
    await unteachSpam(scope, again.id, deps)
    assert.deepEqual(await lessons(), [wanted.id])

    const refused = async (as: typeof scope, messageId: string): Promise<unknown> =>
      reportMessage(as, { messageId, kind: 'spam' }, deps).then(
        () => 'taught',
        (error: { readonly problem?: unknown; readonly name?: unknown; readonly message?: unknown }) => error,
      )
    assert.match(String(await refused(other.scope, second!.id)), /no message|not found|No such/i)
    assert.match(String(await refused(without, bare.id)), /Nothing of it is kept here/)
    assert.match(String(await refused(scope, outbound.id)), /came from outside/)
  })
})

const LETTER = (inner: string) =>
  [
    'From: Ann <ann@acme.example>',
    'Subject: FW',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: message/rfc822',
    '',
    inner.replaceAll('\n', '\r\n'),
    '--b--',
    '',
  ].join('\r\n')

test('people report by letter and in the portal: own mail alone, learned once, answered, bounded, taken back', async () => {
  await withControl(async (control) => {
    const letters: string[] = []
    const order = control.deps.link.order.bind(control.deps.link)
    const deps = {
      ...control.deps,
      link: {
        ...control.deps.link,
        order: async (asked: Parameters<typeof order>[0]) => {
          if (asked.kind === 'submit') letters.push(Buffer.from(asked.content, 'base64').toString())
          return order(asked)
        },
      },
    }
    const { scope } = await world(control, 'acme')
    const other = await world(control, 'other')
    const { tenantId } = scope
    const mine = { ...scope, actor: await addUser(deps, scope, 'ann@acme.example') }
    const eve = await addUser(deps, scope, 'eve@acme.example')
    const at = deps.clock.now()
    const to = (forwardPath: string) => [{ index: 0, forwardPath, explanation: [], facts: {} }]
    const [kept, gone, theirs] = [1, 2, 3].map((n) =>
      accepted(tenantId, {
        at: at + n,
        subject: `Tulips ${n}`,
        ...author,
        recipients: to(n === 3 ? 'eve@acme.example' : 'ann@acme.example'),
      }),
    )
    await deps.tracking.take(batchOf([kept, gone, theirs].flatMap((one) => [one!, delivery(one!)])))
    await archiveMessage(control, tenantId, { content: OFFER(1), delivery: kept!.id, receivedAt: at })

    // In the portal.
    const list = await listMailOfMine(mine, { limit: 50 }, deps)
    assert.deepEqual(list.items.map(({ subject }) => subject).sort(), ['Tulips 1', 'Tulips 2'])
    assert.equal(list.reportTo.spam, 'spam@report.acme.example')
    const say = (id: string, kind: 'spam' | 'phish' | 'wanted', as = mine) =>
      reportMine(as, { messageId: id, kind, block: true }, deps)
    await assert.rejects(say(theirs!.id, 'spam'), /delivered to you/)
    await assert.rejects(say(kept!.id, 'spam', { ...mine, actor: eve }), /delivered to you/)
    await assert.rejects(
      say(kept!.id, 'spam', { ...mine, tenantId: other.scope.tenantId }),
      /delivered to you/,
    )
    assert.deepEqual(await say(kept!.id, 'phish'), {
      outcome: 'learned',
      blocked: author.author,
      reported: 'phish',
    })
    const without = await say(gone!.id, 'spam')
    assert.deepEqual([without.outcome, without.blocked], ['no-copy', author.author])
    const lessons = async () => (await listSpamLessons(scope, { limit: 50 }, deps)).items
    assert.equal((await lessons()).length, 1)
    assert.deepEqual(await say(kept!.id, 'wanted'), { outcome: 'taken-back', blocked: null, reported: null })
    assert.deepEqual(await lessons(), [])
    const again = await listMailOfMine(mine, { limit: 50 }, deps)
    assert.deepEqual(again.items.map(({ reported }) => String(reported)).sort(), ['null', 'spam'])

    // By letter: attached, then quoted with a copy of its own, then by somebody nobody knows.
    const intake = reportIntake(deps)
    const bring = (delivery: string, content: string, reversePath = 'ann@acme.example') =>
      intake.take(uploadOf({ delivery, tenantId, reversePath, receivedAt: at }), chunksOf(content))
    await bring('msg_a', LETTER(OFFER(7)))
    await bring('msg_a', LETTER(OFFER(7)))
    assert.deepEqual(
      [(await lessons()).map(({ subject, actor }) => [subject, actor]), letters.length],
      [[['Tulips 7', 'ann@acme.example']], 1],
    )
    await bring(
      'msg_b',
      'Subject: FW\r\n\r\nFrom: Nora <nora@bright.example>\r\nSubject: Tulips 1\r\n\r\nNew\r\n',
    )
    await bring('msg_c', LETTER(OFFER(8)), 'stranger@acme.example')
    const reports = (await listMailReports(scope, { limit: 50 }, deps)).items
    assert.deepEqual(
      reports.map(({ way, kind, outcome, messageId }) => [way, kind, outcome, messageId]).reverse(),
      [
        ['portal', 'phish', 'taken-back', kept!.id],
        ['portal', 'spam', 'no-copy', gone!.id],
        ['letter', 'phish', 'learned', null],
        ['letter', 'phish', 'learned', kept!.id],
        ['letter', 'phish', 'unknown-reporter', null],
      ],
    )
    assert.deepEqual(await listMailReports(other.scope, { limit: 50 }, deps), {
      items: [],
      next: null,
      total: null,
    })
    assert.match(text(letters[0]!), /as phishing:\r\n\r\nTulips 7 \(from nora@bright\.example\)/)
    assert.match(text(letters[2]!), /no user of your organisation/)
    await bring('msg_d', LETTER(OFFER(9)), 'stranger@acme.example')
    assert.equal(letters.length, 4)

    // Enough is enough, and it is said once.
    const one = await deps.store.db
      .selectFrom('mail_report')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('mailbox', '=', 'ann@acme.example')
      .where('outcome', '=', 'learned')
      .executeTakeFirstOrThrow()
    const enough = Array.from({ length: REPORTS_A_DAY_MAX }, (_, n) => ({ ...one, id: `${one.id}${n}` }))
    await deps.store.db.insertInto('mail_report').values(enough).execute()
    await assert.rejects(say(gone!.id, 'phish'), /enough reports/)
    const before = [letters.length, (await lessons()).length]
    await bring('msg_e', LETTER(OFFER(10)))
    await bring('msg_f', LETTER(OFFER(11)))
    assert.deepEqual([letters.length, (await lessons()).length], [before[0]! + 1, before[1]])
  })
})

/** The body of a letter of ours. */
function text(letter: string): string {
  return Buffer.from(letter.slice(letter.indexOf('\r\n\r\n')), 'base64').toString('utf8')
}

type Brought = Pick<Upload, 'delivery' | 'tenantId' | 'reversePath' | 'receivedAt'>

function uploadOf(brought: Brought): Upload {
  const forwardPaths = ['Phish@report.acme.example']
  return { ...brought, as: 'report', direction: 'inbound', forwardPaths, isHeld: false, size: 1_000 }
}

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

/** A user of the organisation, and whoever signs in for it. */
async function addUser(
  { store }: { readonly store: Store },
  { tenantId }: Scope,
  email: string,
): Promise<Actor> {
  const name = email.slice(0, 3)
  const times = { created_at: 1, updated_at: 1, revision: 1 }
  const user = { id: `usr_${name}`, tenant_id: tenantId, email, email_key: email }
  await store.db
    .insertInto('user')
    .values({ ...user, name, name_key: name, enabled: 1, ...times })
    .execute()
  const address = {
    address: email,
    address_key: email,
    domain: 'acme.example',
    source: 'manual',
    is_primary: 1,
  } as const
  await store.db
    .insertInto('user_address')
    .values({ ...address, tenant_id: tenantId, user_id: user.id, created_at: 1 })
    .execute()
  const person = {
    id: `adm_${name}`,
    email,
    email_key: email,
    name,
    password: '',
    created_at: 1,
    updated_at: 1,
  }
  await store.db
    .insertInto('person')
    .values({ ...person, user_id: user.id, operator: 0 })
    .execute()
  return { kind: 'person', id: person.id, name }
}
