// Imports of senders over both databases: every way a CSV is written, all or nothing, undo, and the limit.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { SenderImport } from '@gatepost/contract/sender.ts'
import { changesIn } from '#store/feed.ts'
import { testOnBoth, withFolder } from '../../../../../test/store/databases.ts'
import { addOrganisation, type Deps, withStore } from '../../../../../test/store/fixtures.ts'
import { csvLine } from '../csv-write.ts'
import { Problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { UNDO_MS } from '../user/import-store.ts'
import { addUser } from '../user/user.ts'
import { commitSenders, previewSenders, summarizeSenders, takeBackSenders } from './import.ts'
import { addSenders, exportSenders, listSenders, updateSender } from './sender.ts'

const ROWS = [
  ['ann@acme.example', 'bob@news.example', 'PERMIT'],
  ['ann@acme.example', 'partner.example', 'PERMIT'],
  ['ben@acme.example', 'eve@spam.example', 'BLOCK'],
] as const
const plain = ROWS.map((row) => row.join(',')).join('\r\n')
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le')

const INTERNAL_WHY =
  'An entry for it would let forged mail of colleagues through; trust the service that sends it instead.'

const ofOtherGateway = ([user, sender, action]: (typeof ROWS)[number]): string => {
  return `${sender},${action === 'PERMIT' ? 'Allow' : 'Block'},${user}`
}

/** Every way to write the same three rows. */
const ways: readonly (readonly [string, string | Buffer])[] = [
  ['the order and signs of the reference', ROWS.map((row) => row.join(', ')).join('\n')],
  ['CRLF and an end of line', `${plain}\r\n`],
  ['CR only', plain.replaceAll('\r\n', '\r')],
  ['mixed line ends and empty lines', `\n${plain.replace('\r\n', '\n\n')}\r\n\r\n`],
  ['a byte order mark', `\ufeff${plain}`],
  ['quotes', ROWS.map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\r\n')],
  ['spaces around everything', ROWS.map((row) => row.map((cell) => `  ${cell} `).join(',')).join('\n')],
  ['semicolons', plain.replaceAll(',', ';')],
  ['tabs', plain.replaceAll(',', '\t')],
  ['sep= in the first line', `sep=;\r\n${plain.replaceAll(',', ';')}`],
  ['a head', `Internal address,External address or domain,Action\r\n${plain}`],
  ['UTF-16 little endian', utf16(plain)],
  ['UTF-16 big endian', utf16(plain).swap16()],
  [
    'lower case actions and upper case addresses',
    plain.replaceAll('PERMIT', 'permit').replaceAll('ann@acme', 'ANN@ACME'),
  ],
  ['another gateway’s columns', ['Sender,Policy Type,Recipient', ...ROWS.map(ofOtherGateway)].join('\n')],
  [
    'an at sign, a star and angles',
    plain
      .replace('partner.example', '*@partner.example')
      .replace('bob@news.example', 'Bob <bob@news.example>'),
  ],
  ['a duplicate', `${plain}\r\n${ROWS[0].join(',')}`],
  ['a fourth column', ROWS.map((row) => `${row.join(',')},seen 12 times`).join('\n')],
]

test('case 65: every way to write a list is read alike', async () => {
  await withAcme(async (deps, acme) => {
    for (const [name, file] of ways) {
      const shown = await upload(acme, file, deps)
      assert.deepEqual(shown.errors, [], name)
      assert.deepEqual([shown.added, shown.users, shown.waiting], [3, 2, 3], name)
      assert.deepEqual(
        shown.sample.map(({ user, sender, action }) => [user, sender, action.toUpperCase()]),
        ROWS.map((row) => [...row]),
        name,
      )
      assert.equal(shown.duplicates, name === 'a duplicate' ? 1 : 0, name)
    }
    const twoColumns = await upload(acme, 'ann@acme.example,bob@news.example\n', deps)
    assert.match(twoColumns.warnings[0] ?? '', /every row is read as PERMIT/)
  })
})

test('case 65: wrong rows are told by line with the reason, and nothing is imported', async () => {
  await withAcme(async (deps, acme) => {
    const body = [
      'ann@acme.example,bob@news.example,PERMIT',
      'ann@elsewhere.example,bob@news.example,PERMIT',
      'ann@acme.example,boss@acme.example,PERMIT',
      'ann@acme.example,bob@news.example,BLOCK',
      'ann@acme.example,com,PERMIT',
      'ann@acme.example,bob news.example,PERMIT',
      'ann@acme.example,new.example,MAYBE',
      'ann@acme.example,,PERMIT',
      ',bob@news.example,PERMIT',
      'ann@acme.example,late.example',
      '"x"y,a@b.example,PERMIT',
    ].join('\r\n')
    const shown = await upload(acme, body, deps)
    assert.deepEqual(
      shown.errors.map(({ line, column, reason }) => `${line} ${column}: ${reason}`),
      [
        '2 Column 1: elsewhere.example is not a domain of yours. Add and validate it first, or correct the address.',
        `3 Column 2: “boss@acme.example” is one of your own addresses or domains. ${INTERNAL_WHY}`,
        '4 Column 3: Line 1 says PERMIT for the same user and sender. Keep one of the two.',
        '5 Column 2: “com” is no address and no domain. Write it like bob@news.example or news.example.',
        '6 Column 2: “bob news.example” is no address and no domain. Write it like bob@news.example or news.example.',
        '7 Column 3: “MAYBE” is no action. Write PERMIT or BLOCK.',
        '8 Column 2: There is no external address or domain in this row.',
        '9 Column 1: There is no internal address in this row.',
        '10 Column 3: There is no action in this row. Write PERMIT or BLOCK.',
        '11 : Text follows a closing quotation mark. Put the whole field in quotation marks and double the inner ones.',
      ],
    )
    const error = await refused(commitSenders(acme, shown.id, deps), 'import-has-errors')
    assert.match(error.message, /10 rows need attention\. Line 2 first/)
    assert.deepEqual(await listed(deps, acme), [])
    const cases = [
      ['', 'file-unreadable'],
      ['\r\n \r\n', 'file-unreadable'],
      ['just one column\n', 'file-unreadable'],
      ['Internal,External,Action\n', 'file-unreadable'],
      [Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), 'file-unreadable'],
      ['ann@acme.example,b\0b@news.example,PERMIT', 'file-unreadable'],
      [`${body.slice(0, 42)}\nann@acme.example,"${'x'.repeat(1_000_000)}`, 'invalid'],
    ] as const
    for (const [file, name] of cases) {
      if (name === 'invalid') assert.equal((await upload(acme, file, deps)).errorCount, 1)
      else await refused(upload(acme, file, deps), name)
    }
  })
})

testOnBoth('a list is imported in one piece and taken back exactly within the hour', (place) =>
  withStore(place, async (deps, clock) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    await addUser(acme, { email: 'ann@acme.example', name: '', aliases: ['a@acme.example'] }, deps)
    const by = { user: 'ann@acme.example', onlyIfAuthenticated: true, comment: 'ours', expiresAt: null }
    await addSenders(acme, { ...by, senders: ['old.example', 'bob@news.example'], action: 'block' }, deps)
    const before = await listed(deps, acme)
    const body = [
      'a@acme.example,bob@news.example,PERMIT', // Replaces, by the alias.
      'ann@acme.example,old.example,BLOCK', // There already.
      'ann@acme.example,new.example,PERMIT',
      'zoe@acme.example,new.example,PERMIT', // Waits.
      'a@acme.example,new.example,PERMIT', // The same user.
    ].join('\n')
    const shown = await upload(acme, body, deps)
    const counts = ({ added, replaced, unchanged, duplicates, waiting, users }: SenderImport) => {
      return { added, replaced, unchanged, duplicates, waiting, users }
    }
    const expected = { added: 2, replaced: 1, unchanged: 1, duplicates: 1, waiting: 1, users: 2 }
    assert.deepEqual(counts(shown), expected)
    const done = await commitSenders(acme, shown.id, deps)
    assert.deepEqual(counts(done), expected)
    assert.deepEqual(done.byUser[0], { user: 'ann@acme.example', added: 1, replaced: 1, unchanged: 1 })
    assert.deepEqual(await listed(deps, acme), [
      'ann@acme.example permit bob@news.example imported active',
      'ann@acme.example permit new.example imported active',
      'ann@acme.example block old.example manual active',
      'zoe@acme.example permit new.example imported waiting',
    ])
    const summary = await summarizeSenders(acme, deps)
    assert.deepEqual([summary.users, summary.entries, summary.waitingUsers], [2, 4, 1])
    assert.equal(summary.lastImport?.id, done.id)
    await refused(commitSenders(acme, shown.id, deps), 'import-gone')
    let csv = ''
    for await (const part of exportSenders(acme, {}, deps)) csv += part
    assert.equal((await upload(acme, csv, deps)).unchanged, 4)
    clock.add(UNDO_MS)
    assert.equal((await takeBackSenders(acme, shown.id, deps)).state, 'undone')
    assert.deepEqual(await listed(deps, acme), before)
    assert.equal((await summarizeSenders(acme, deps)).entries, 2)
    // What a person changed since stays.
    const second = await upload(acme, body, deps)
    await commitSenders(acme, second.id, deps)
    const { items } = await listSenders(acme, { limit: 10, search: 'new.example' }, deps)
    await updateSender(acme, { id: items[0]!.id, change: { comment: 'keep' } }, deps)
    await takeBackSenders(acme, second.id, deps)
    assert.deepEqual(await listed(deps, acme), [
      'ann@acme.example block bob@news.example manual active',
      'ann@acme.example permit new.example imported active',
      'ann@acme.example block old.example manual active',
    ])
    const late = await upload(acme, body, deps)
    await commitSenders(acme, late.id, deps)
    clock.add(UNDO_MS + 1)
    await refused(takeBackSenders(acme, late.id, deps), 'import-gone')
  }),
)

test('case 65: 50,000 rows are taken, 50,001 are refused in clear words', async () => {
  await withAcme(async (deps, acme) => {
    const lines = Array.from({ length: 50_000 }, (_, index) => {
      return `user${index % 1_000}@acme.example,contact${index}@partner${index % 4_000}.example,PERMIT`
    })
    const error = await refused(upload(acme, [...lines, lines[0]].join('\n'), deps), 'rows-over-limit')
    assert.match(error.message, /more than 50,000 rows\. Split it/)
    const shown = await upload(acme, `user,sender,action\n${lines.join('\r\n')}`, deps)
    assert.deepEqual([shown.added, shown.errorCount, shown.users], [50_000, 0, 1_000])
    const done = await commitSenders(acme, shown.id, deps)
    assert.deepEqual([done.added, done.byUser.length], [50_000, 100])
    assert.equal((await summarizeSenders(acme, deps)).entries, 50_000)
    await takeBackSenders(acme, shown.id, deps)
    assert.equal((await summarizeSenders(acme, deps)).entries, 0)
  })
})

testOnBoth('a list for users without entries is written by the database as row by row', (place) =>
  withStore(place, async (deps, clock) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const rows = [
      'ann@acme.example,bob@news.example,PERMIT',
      'ann@acme.example,partner.example,PERMIT',
      'ann@acme.example,spam.example,BLOCK',
      "ben@acme.example,o'neil+x@news.example,BLOCK",
      'ben@acme.example,jörg@bücher.example,PERMIT',
    ]
    // A sender with an at sign in quotation marks takes the long way.
    const odd = 'ben@acme.example,"""a@b""@news.example",PERMIT'
    const seen: unknown[] = []
    for (const body of [rows.join('\n'), [...rows, odd].join('\n')]) {
      const shown = await upload(acme, body, deps)
      const done = await commitSenders(acme, shown.id, deps)
      assert.deepEqual([done.added, done.users], [body.split('\n').length, 2])
      assert.equal((await summarizeSenders(acme, deps)).entries, done.added)
      seen.push(await storedAs(deps, acme))
      clock.add(1_000)
      await takeBackSenders(acme, shown.id, deps)
      assert.deepEqual(await storedAs(deps, acme), { rows: [], lists: [], feed: [] })
    }
    const [fresh, compared] = seen as [Stored, Stored]
    const isOdd = (row: object): boolean => JSON.stringify(row).includes('a@b')
    assert.equal(fresh.rows.length, 5)
    assert.deepEqual(
      fresh.rows,
      compared.rows.filter((row) => !isOdd(row)),
    )
    assert.deepEqual(
      fresh.feed,
      compared.feed.filter((entry) => !isOdd(entry)),
    )
    const domains = compared.rows.map(({ sender_domain }) => sender_domain)
    assert.deepEqual(domains.slice(3).sort(), ['news.example', 'news.example', 'xn--bcher-kva.example'])
  }),
)

type Stored = Awaited<ReturnType<typeof storedAs>>

/** What stands in the tables now, and what edges have of it, without what differs from import to import. */
async function storedAs({ store }: Deps, { tenantId }: Scope) {
  const all = await store.db
    .selectFrom('managed_sender')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('user_key')
    .orderBy('sender')
    .execute()
  const lists = await store.db
    .selectFrom('sender_list')
    .select(['user_key', 'entries'])
    .where('tenant_id', '=', tenantId)
    .orderBy('user_key')
    .execute()
  const rows = all.map(({ reference, created_at, updated_at, ...row }) => row)
  const feed = await store.db
    .selectFrom('feed')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('list', '=', 'managed-sender')
    .orderBy('position')
    .execute()
  const known = new Map(feed.flatMap(changesIn).map(({ key, value }) => [key, value]))
  const kept = [...known].filter(([, value]) => value !== null).sort()
  return { rows, lists, feed: kept }
}

const testdata = join(
  process.env.GATEPOST_TESTDATA ?? join(import.meta.dirname, '../../../../../../shared/testdata'),
  'csv',
)
const skip = existsSync(testdata) ? false : 'component missing: testdata/csv'

test('case 65: formulas stay text: written by us they begin with an apostrophe, read by us they are refused', {
  skip,
}, async () => {
  await withAcme(async (deps, acme) => {
    const payloads: readonly string[] = JSON.parse(
      readFileSync(join(testdata, 'formula-injection.json'), 'utf8'),
    )
    assert.ok(payloads.length >= 20)
    for (const payload of payloads) {
      assert.match(csvLine([payload]), /^"?['"]/, payload)
      const shown = await upload(acme, csvLine(['ann@acme.example', payload, 'PERMIT']), deps)
      assert.equal(shown.errorCount, 1, payload)
    }
    // An address may begin like a formula; it comes back as it went out.
    await addSenders(
      acme,
      {
        user: 'ann@acme.example',
        senders: ['=1+1@news.example', '-x@news.example'],
        action: 'permit',
        onlyIfAuthenticated: true,
        comment: '',
        expiresAt: null,
      },
      deps,
    )
    let csv = ''
    for await (const part of exportSenders(acme, {}, deps)) csv += part
    assert.match(csv, /,'=1\+1@news\.example,/)
    assert.equal((await upload(acme, csv, deps)).unchanged, 2)
  })
})

function withAcme(work: (deps: Deps, acme: Scope) => Promise<void>): Promise<void> {
  return withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async (deps) => {
      await work(deps, await addOrganisation(deps.store, 'Acme', 'acme.example'))
    }),
  )
}

function upload(acme: Scope, file: string | Buffer, deps: Deps): Promise<SenderImport> {
  return previewSenders(acme, { fileName: 'list.csv', raw: Buffer.from(file as Buffer) }, deps)
}

async function listed(deps: Deps, scope: Scope): Promise<string[]> {
  const { items } = await listSenders(scope, { limit: 50 }, deps)
  return items.map(
    ({ user, action, sender, source, state }) => `${user} ${action} ${sender} ${source} ${state}`,
  )
}

async function refused(work: Promise<unknown>, name: string): Promise<Problem> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Problem, String(error))
  assert.equal(error.problemName, name, error.message)
  return error
}
