// The archive as its use cases show it: what comes is found, shown, kept as long as it must be, proven.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { ArchiveCheck } from '@gatepost/contract/archive-settings.ts'
import { downloadExport, getExport, startExport } from '@gatepost/server/control/archive/export.ts'
import { exportFile } from '@gatepost/server/control/archive/export-file.ts'
import { addHold, releaseHold } from '@gatepost/server/control/archive/hold.ts'
import { readArchived, readContent, searchArchive } from '@gatepost/server/control/archive/look.ts'
import { applyArchiveRetention } from '@gatepost/server/control/archive/nightly.ts'
import { listChecks, reconcile, startCheck } from '@gatepost/server/control/archive/proof.ts'
import { addRule, destroyArchive, getArchive, setArchive } from '@gatepost/server/control/archive/settings.ts'
import { MESSAGE, report } from './archive/messages.ts'
import { packedMessage } from './archive/winmail.ts'
import { type ArchiveWorld, world } from './archive/world.ts'
import { type TestControl, withControl } from './control.ts'
import { archiveMessage } from './isolation/fill-archive.ts'

const stories: { readonly name: string; readonly run: (control: TestControl) => Promise<void> }[] = []
function story(name: string, run: (control: TestControl) => Promise<void>): void {
  stories.push({ name, run })
}

story('a message is found by its words, people and attachments, and shown as it is', async (control) => {
  const { scope, deps } = await world(control, 'acme')
  await archiveMessage(control, scope.tenantId, { content: MESSAGE })
  await archiveMessage(control, scope.tenantId, {
    content: 'From: eve@other.example\nSubject: Lunch\n\nAt noon?\n',
  })
  for (const [query, count] of [
    [{}, 2],
    [{ text: 'quarterly invoice' }, 1],
    [{ text: '"quarterly invoice"' }, 1],
    [{ text: '"invoice quarterly"' }, 0],
    [{ text: 'quart*' }, 1],
    [{ text: 'quart' }, 0],
    [{ text: 'MUNCHEN' }, 1],
    [{ text: '契約' }, 1],
    [{ text: 'alert' }, 0],
    [{ text: 'rechnung' }, 1],
    [{ attachment: 'rechnung 2026' }, 1],
    [{ hasAttachment: true }, 1],
    [{ person: 'ann@acme.example' }, 2],
    [{ person: '@bright.example' }, 2],
    [{ person: 'Bright' }, 2],
    [{ from: 'eve@other.example' }, 1],
    [{ to: 'eve@other.example' }, 0],
    [{ before: Date.UTC(2026, 10, 17) }, 1],
    [{ after: Date.UTC(2026, 10, 17), text: 'noon' }, 1],
    [{ sizeMin: 200 }, 1],
    [{ source: 'journal' as const }, 0],
    [{ text: '"' }, 2],
    [{ text: 'subject:x OR (y NEAR z)' }, 0],
  ] as const) {
    const { items } = await searchArchive(scope, { limit: 10, ...query }, deps)
    assert.equal(items.length, count, JSON.stringify(query))
  }
  const { items } = await searchArchive(scope, { limit: 10, text: 'invoice' }, deps)
  assert.deepEqual(
    items[0]!.snippet.filter(({ isFound }) => isFound).map(({ text }) => text),
    ['invoice'],
  )
  const shown = await readArchived(scope, { id: items[0]!.id }, deps)
  assert.equal(shown.subject, 'Angebot für München')
  assert.deepEqual(
    shown.parts.map(({ name }) => name),
    ['Rechnung 2026.pdf'],
  )
  assert.match(shown.html ?? '', /<b>quarterly<\/b>/)
  const parts: Uint8Array[] = []
  for await (const part of await readContent(scope, { id: items[0]!.id }, deps)) parts.push(part)
  assert.equal(Buffer.concat(parts).toString(), MESSAGE.replaceAll('\n', '\r\n'))
  const looks = await deps.store.db
    .selectFrom('audit')
    .select('action')
    .where('tenant_id', '=', scope.tenantId)
    .where('action', 'in', ['archive.searched', 'archive.read', 'archive.exported'])
    .execute()
  assert.equal(looks.filter(({ action }) => action === 'archive.read').length, 1)
  assert.equal(looks.filter(({ action }) => action === 'archive.exported').length, 1)
  assert.ok(looks.length >= 24, 'every search is noted')
})

story('what Outlook packed into winmail.dat is found, listed and shown', async (control) => {
  const { scope, deps } = await world(control, 'winmail')
  const files = [{ name: 'Turbine plan.dwg', octets: Buffer.from('AC1032') }]
  const packed = { subject: 'Weekly', text: 'The turbine arrives on Friday.', files }
  await archiveMessage(control, scope.tenantId, { content: packedMessage(packed) })
  for (const query of [{ text: '"arrives on friday"' }, { attachment: 'turbine plan' }, { text: 'weekly' }]) {
    const { items } = await searchArchive(scope, { limit: 10, ...query }, deps)
    assert.deepEqual(
      items.map(({ attachments, flags }) => [attachments, flags]),
      [[['winmail.dat', 'Turbine plan.dwg'], ['tnef']]],
      JSON.stringify(query),
    )
    const shown = await readArchived(scope, { id: items[0]!.id }, deps)
    assert.match(shown.text ?? '', /The turbine arrives/)
    assert.deepEqual(
      shown.parts.map(({ name, within }) => [name, within]),
      [
        ['winmail.dat', null],
        ['Turbine plan.dwg', 'winmail.dat'],
      ],
    )
  }
})

story('pages go on where the last one ended, and a reason is asked for where it must be', async (control) => {
  const { scope, deps } = await world(control, 'beta')
  for (let at = 0; at < 7; at += 1) {
    await archiveMessage(control, scope.tenantId, {
      content: `From: a@b.example\nSubject: number ${at}\n\nx\n`,
    })
  }
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const { items, next } = await searchArchive(scope, { limit: 3, text: 'number', cursor }, deps)
    seen.push(...items.map(({ subject }) => subject))
    cursor = next ?? undefined
  } while (cursor !== undefined)
  assert.deepEqual(
    seen,
    [6, 5, 4, 3, 2, 1, 0].map((at) => `number ${at}`),
  )
  await setArchive(scope, { input: { askReason: true }, ifMatch: null }, deps)
  await assert.rejects(searchArchive(scope, { limit: 3 }, deps), { problemName: 'reason-needed' })
  assert.equal((await searchArchive(scope, { limit: 3, reason: 'case 7' }, deps)).items.length, 3)
})

story(
  'case 51 and 52: a report that is none is kept raw and marked; one with an envelope is merged with the gateway’s copy',
  async (control) => {
    const { scope, deps } = await world(control, 'gamma')
    const { tenantId } = scope
    await archiveMessage(control, tenantId, { content: MESSAGE })
    const lines = ['To: ann@acme.example, Expanded: sales@acme.example', 'Bcc: secret@acme.example']
    const many = Array.from(
      { length: 3_000 },
      (_, at) => `Bcc: user${at}@acme.example, Expanded: all@acme.example`,
    )
    const journal = { as: 'journal', reversePath: null, forwardPaths: [] } as const
    const merged = await archiveMessage(control, tenantId, {
      ...journal,
      content: report([...lines, ...many]),
    })
    assert.equal(merged?.kind, 'merged')
    const forged = await archiveMessage(control, tenantId, {
      ...journal,
      content: report([...lines, 'Kind regards, the attacker']),
    })
    assert.equal(forged?.kind, 'new')
    assert.equal(forged?.flagged, true)
    const { items } = await searchArchive(scope, { limit: 10, person: 'secret@acme.example' }, deps)
    assert.equal(items.length, 1, 'the forged report names nobody')
    assert.deepEqual(items[0]!.sources, ['gateway', 'journal'])
    // Ann, the blind copy, and 3,000 of the list: case 53.
    assert.equal(items[0]!.recipientCount, 3_002)
    const last = await searchArchive(scope, { limit: 10, to: 'user2999@acme.example', text: 'invoice' }, deps)
    assert.equal(last.items.length, 1)
    const { items: raw } = await searchArchive(scope, { limit: 10, flag: 'undecipherable' }, deps)
    const shown = await readArchived(scope, { id: raw[0]!.id }, deps)
    assert.match(shown.fault ?? '', /more than an envelope/)
    assert.equal(shown.header[1]?.name, 'X-MS-Journal-Report')
    const view = await getArchive(scope, deps)
    assert.deepEqual([view.entries, view.journal.reportsToday, view.journal.flaggedThisWeek], [2, 2, 1])
  },
)

story(
  'copies of one delivery are one entry, plain copies say that the envelope is missing',
  async (control) => {
    const { scope, deps } = await world(control, 'delta')
    const { tenantId } = scope
    const again = { content: MESSAGE, delivery: 'msg_one' }
    const kinds = await Promise.all([1, 2, 3].map(() => archiveMessage(control, tenantId, again)))
    assert.deepEqual(kinds.map((taken) => taken?.kind).sort(), ['known', 'known', 'new'])
    const journal = { as: 'journal', forwardPaths: [] } as const
    const plain = 'From: x@y.example\nTo: all@acme.example\nSubject: Plain\n\nCopy.\n'
    await archiveMessage(control, tenantId, { ...journal, content: plain })
    const google = `X-Gm-Original-To: cleo@acme.example\n${plain.replace('Plain', 'Google')}`
    await archiveMessage(control, tenantId, { ...journal, content: google })
    const late = plain.replace('Subject: Plain', 'Date: Tue, 3 Jun 2025 10:00:00 +0000\nSubject: Late')
    await archiveMessage(control, tenantId, { ...journal, content: late })
    const secret =
      'From: x@y.example\nSubject: Sealed\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx\n'
    await archiveMessage(control, tenantId, { ...journal, content: secret })
    const flags = async (text: string) =>
      (await searchArchive(scope, { limit: 10, text }, deps)).items.map((item) => item.flags.toSorted())
    assert.deepEqual(await flags('plain'), [['no-envelope']])
    assert.deepEqual(await flags('google'), [[]])
    assert.deepEqual(await flags('late'), [['no-envelope', 'old']])
    assert.deepEqual(await flags('sealed'), [['encrypted', 'no-envelope']])
    const { items } = await searchArchive(scope, { limit: 10, to: 'cleo@acme.example' }, deps)
    assert.equal(items[0]!.subject, 'Google')
  },
)

story('a large message is sealed as it comes and read back octet for octet', async (control) => {
  const { scope, deps } = await world(control, 'epsilon')
  const head = Buffer.from('From: a@b.example\r\nSubject: Large\r\n\r\nfindable words\r\n')
  const body = Buffer.alloc(18 * 1_048_576, 'abcdefghijklmnopqrstuvwxyz0123456789\r\n')
  const content = Buffer.concat([head, body])
  await archiveMessage(control, scope.tenantId, { content })
  const { items } = await searchArchive(scope, { limit: 10, text: 'findable' }, deps)
  assert.deepEqual(items[0]!.flags, ['partly-indexed'])
  const parts: Uint8Array[] = []
  for await (const part of await readContent(scope, { id: items[0]!.id }, deps)) parts.push(part)
  assert.ok(Buffer.concat(parts).equals(content))
})

story('retention removes what is over, the longest rule counts, and a hold wins', async (control) => {
  const { scope, deps } = await world(control, 'zeta')
  const { tenantId } = scope
  const old = 'Date: Tue, 3 Jun 2025 10:00:00 +0000\n'
  for (const who of ['ann', 'ben', 'cleo']) {
    const content = `${old}From: x@y.example\nTo: ${who}@acme.example\nSubject: For ${who}\n\nwords\n`
    await archiveMessage(control, tenantId, { content, as: 'journal', forwardPaths: [] })
  }
  const dated = `${old}From: x@y.example\nTo: dan@acme.example\nSubject: For dan\n\nother words\n` // Came today.
  await archiveMessage(control, tenantId, { content: dated, forwardPaths: ['dan@acme.example'] })
  await setArchive(scope, { input: { days: 90 }, ifMatch: null }, deps)
  await addRule(scope, { kind: 'address', value: 'ben@acme.example', days: 3_650 }, deps)
  const hold = await addHold(
    scope,
    { name: 'Inquiry', reason: 'case 7', query: { person: 'cleo@acme.example' } },
    deps,
  )
  assert.equal(await applyArchiveRetention(deps), 1)
  const left = async () =>
    (await searchArchive(scope, { limit: 10, text: 'words' }, deps)).items.map((one) => one.subject)
  assert.deepEqual(await left(), ['For dan', 'For cleo', 'For ben'])
  await assert.rejects(destroyArchive(scope, { slug: 'zeta', reason: 'x' }, deps), {
    problemName: 'on-hold',
  })
  assert.deepEqual((await finished({ scope, deps })).faults, [], 'what was removed leaves no hole')
  await releaseHold(scope, hold.id, deps)
  assert.equal(await applyArchiveRetention(deps), 1)
  assert.deepEqual(await left(), ['For dan', 'For ben'])
  await destroyArchive(scope, { slug: 'zeta', reason: 'moved away' }, deps)
  assert.deepEqual(await left(), [])
  assert.equal(contentFiles(deps.config.data, tenantId).length, 0)
})

story('one changed octet, a missing content and a changed record are found by verifying', async (control) => {
  const { scope, deps } = await world(control, 'eta')
  const { tenantId } = scope
  for (let at = 0; at < 5; at += 1) {
    await archiveMessage(control, tenantId, { content: `From: a@b.example\nSubject: ${at}\n\n${at}\n` })
  }
  const good = await finished({ scope, deps })
  assert.deepEqual([good.state, good.records, good.contents], ['passed', 5, 5])
  const [file] = contentFiles(deps.config.data, tenantId)
  const octets = readFileSync(file!)
  octets[octets.length - 20]! ^= 1
  writeFileSync(file!, octets)
  const changed = await finished({ scope, deps })
  assert.deepEqual(
    changed.faults.map(({ kind }) => kind),
    ['content-changed'],
  )
  assert.match(changed.faults[0]!.saw, /pack 1, octets \d+ to \d+/)
  octets[octets.length - 20]! ^= 1
  writeFileSync(file!, octets)
  const index = join(deps.config.data, 'archive', 'index', tenantId)
  const database = new DatabaseSync(join(index, readdirSync(index).find((name) => name.endsWith('.db'))!), {
    timeout: 60_000,
  })
  const { body } = database.prepare('select body from record where seq = 2').get()!
  database
    .prepare('update record set body = ? where seq = 2')
    .run(String(body).replace('a@b.example', 'c@b.example'))
  const record = await finished({ scope, deps })
  assert.deepEqual(
    record.faults.map(({ kind, seq }) => [kind, seq]),
    [['record-changed', 2]],
  )
  database.prepare('update record set body = ? where seq = 2').run(String(body))
  database.exec('delete from record where seq = 5')
  const cut = await finished({ scope, deps })
  assert.deepEqual(
    cut.faults.map(({ kind }) => kind),
    ['end-missing'],
  )
  database.close()
})

story('a journal copy with a footer is an entry of its own, and both tell of each other', async (control) => {
  const { scope, deps } = await world(control, 'footer')
  const { tenantId } = scope
  await archiveMessage(control, tenantId, { content: MESSAGE })
  await archiveMessage(control, tenantId, {
    content: MESSAGE.replace('bob@bright', 'eve@bright').replace('quarterly', 'other'),
  })
  const changed = MESSAGE.replace('</p>', ' Scanned by the host.</p>')
  await archiveMessage(control, tenantId, {
    as: 'journal',
    forwardPaths: [],
    content: report(['To: ann@acme.example'], changed),
  })
  const { items } = await searchArchive(scope, { limit: 10, text: 'quarterly' }, deps)
  assert.equal(items.length, 2)
  for (const [at, { id }] of items.entries()) {
    const { variants } = await readArchived(scope, { id }, deps)
    assert.deepEqual(
      variants.map((one) => [one.id, one.sources]),
      [[items[1 - at]!.id, at === 0 ? ['gateway'] : ['journal']]],
    )
  }
})

story('days tell what came one way only', async (control) => {
  const { scope, deps } = await world(control, 'theta')
  const { tenantId } = scope
  const date = `Date: ${new Date(deps.clock.now()).toUTCString()}\n`
  const inner = MESSAGE.replace(/Date: .*\n/, date)
  await archiveMessage(control, tenantId, { content: inner })
  await archiveMessage(control, tenantId, { content: `${date}From: a@b.example\nSubject: Alone\n\nx\n` })
  const journal = { as: 'journal', forwardPaths: [] } as const
  await archiveMessage(control, tenantId, {
    ...journal,
    content: report(['To: ann@acme.example'], inner),
  })
  const within = `${date}From: ben@theta.example\nTo: ann@theta.example\nSubject: Within\n\nx\n`
  const internal = report(['To: ann@theta.example'], within).replace('bob@bright', 'ben@theta')
  await archiveMessage(control, tenantId, { ...journal, content: internal })
  const missed = report(['To: ann@acme.example'], `${date}From: q@r.example\nSubject: Missed\n\nx\n`)
  await archiveMessage(control, tenantId, { ...journal, content: missed })
  const { items } = await reconcile(scope, 3, deps)
  const { day: _, ...counts } = items[0]!
  assert.deepEqual(counts, {
    gateway: 2,
    journal: 3,
    both: 1,
    onlyGateway: 1,
    onlyJournal: 1,
    internal: 1,
  })
})

story('an export holds what fits, as a zip and as mbox', async (control) => {
  const { scope, deps } = await world(control, 'iota')
  const { tenantId } = scope
  await archiveMessage(control, tenantId, { content: MESSAGE })
  await archiveMessage(control, tenantId, {
    content: 'From: a@b.example\nSubject: ../../Lunch\n\nFrom here\n',
  })
  const stopped = new AbortController()
  const running = deps.exports.run(stopped.signal)
  for (const format of ['zip', 'mbox'] as const) {
    const { id } = await startExport(scope, { format, query: {} }, deps)
    let now = await getExport(scope, id, deps)
    while (now.state === 'waiting' || now.state === 'running') {
      await deps.clock.sleep(20)
      now = await getExport(scope, id, deps)
    }
    assert.deepEqual([now.state, now.done, now.error], ['done', 2, null])
    const parts: Uint8Array[] = []
    for await (const part of await downloadExport(scope, id, deps)) parts.push(part)
    const text = Buffer.concat(parts).toString('latin1')
    if (format === 'zip') assert.match(text, /Lunch arc_[a-z0-9]+\.eml/)
    else assert.match(text, /\n>From here\n/)
    if (format === 'zip') assert.ok(!text.includes('../'), 'a subject is no path')
  }
  stopped.abort()
  await running
})
test('the archive', async (t) => {
  await withControl(async (control) => {
    for (const { name, run } of stories) await t.test(name, () => run(control))
  })
})

test('mbox and zip take names and lines as they come', () => {
  const message = { id: 'arc_1', at: Date.UTC(2026, 10, 22), subject: 'a/b:c', author: null }
  const zip = exportFile('zip')
  const bytes = Buffer.concat([...zip.add(message, Buffer.from('x')), ...zip.end()])
  assert.ok(bytes.includes('2026-11-22 a b c arc_1.eml'))
  const mbox = Buffer.concat(exportFile('mbox').add(message, Buffer.from('>From x\r\ny'))).toString()
  assert.equal(mbox, 'From MAILER-DAEMON Sun Nov 22 00:00:00 2026\n>>From x\ny\n\n')
})

async function finished({ scope, deps }: ArchiveWorld): Promise<ArchiveCheck> {
  const { id } = await startCheck(scope, deps)
  for (;;) {
    const check = (await listChecks(scope, deps)).items.find((one) => one.id === id)!
    if (check.state !== 'running') return check
    await deps.clock.sleep(20)
  }
}

function contentFiles(data: string, tenantId: string): string[] {
  const folder = join(data, 'archive', 'content', tenantId)
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
