// Imports over both databases: preview, all or nothing, the good rows, undo that puts everything back, and
// time limits.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { permissionsOf } from '@gatepost/contract/permission.ts'
import type { ImportMode, UserImport } from '@gatepost/contract/user-import.ts'
import { testOnBoth, withFolder } from '../../../../../test/store/databases.ts'
import { addOrganisation, type Deps, START, withStore } from '../../../../../test/store/fixtures.ts'
import { listGroups } from '../policy/group.ts'
import { Problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { applyPeople } from './apply.ts'
import * as imports from './import.ts'
import { ImportJobs } from './import-jobs.ts'
import { PREVIEW_MS, UNDO_MS } from './import-store.ts'
import { addUser, listUsers, removeUser, updateUser } from './user.ts'
import { getUser } from './user-detail.ts'

/** Tests wait for the end. */
const jobs = new ImportJobs(120_000)
const holding = (scope: Scope) => ({ ...scope, held: permissionsOf.super })
const commitImport = (scope: Scope, input: imports.CommitInput, deps: Deps) =>
  imports.commitImport(holding(scope), input, { ...deps, jobs })
const getImport = (scope: Scope, id: string, deps: Deps) => imports.getImport(scope, id, { ...deps, jobs })
const takeBackImport = (scope: Scope, id: string, deps: Deps) =>
  imports.takeBackImport(scope, id, { ...deps, jobs })

const HEAD = 'email,name,aliases\n'

testOnBoth('a list adds and completes, says what it will do first, and is undone exactly', (place) =>
  withStore(place, async (deps, clock) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    await addUser(acme, { email: 'ann@acme.example', name: 'Ann', aliases: ['a@acme.example'] }, deps)
    await addUser(acme, { email: 'bob@acme.example', name: 'Bob', aliases: [] }, deps)
    const before = await picture(deps, acme)
    const changed = 'ANN@acme.example,Ann Smith,a@acme.example;ann.s@acme.example\n'
    const body = `${HEAD}${changed}bob@acme.example,,\ncleo@acme.example,Cleo,c@acme.example\n`
    const preview = await upload(acme, body, deps)
    assert.deepEqual(counts(preview), {
      state: 'previewed',
      rows: 3,
      adds: 1,
      changes: 1,
      unchanged: 1,
      errorCount: 0,
    })
    assert.deepEqual(await picture(deps, acme), before)
    clock.add(1000)
    const done = await commitImport(acme, { id: preview.id, goodRowsOnly: false }, deps)
    assert.deepEqual(counts(done), { ...counts(preview), state: 'committed' })
    assert.equal(done.undoUntil, clock.now() + UNDO_MS)
    assert.deepEqual(await namesOf(deps, acme), [
      'ann@acme.example “Ann Smith” a@acme.example ann.s@acme.example (manual spreadsheet)',
      'bob@acme.example “Bob” (manual spreadsheet)',
      'cleo@acme.example “Cleo” c@acme.example (spreadsheet)',
    ])
    await refused(commitImport(acme, { id: preview.id, goodRowsOnly: false }, deps), 'import-gone')
    clock.add(UNDO_MS)
    assert.equal((await takeBackImport(acme, preview.id, deps)).state, 'undone')
    assert.deepEqual(await picture(deps, acme), before)
    await refused(takeBackImport(acme, preview.id, deps), 'import-gone')
    assert.deepEqual(await recipientsOf(deps, acme), [
      'a@acme.example',
      'ann@acme.example',
      'bob@acme.example',
    ])
  }),
)

testOnBoth('wrong rows: nothing is imported, or all but these', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const aliases = ['a@acme.example', 'b@acme.example']
    await addUser(acme, { email: 'ann@acme.example', name: 'Ann', aliases }, deps)
    const body = `${HEAD}bob@acme.example,Bob,a@acme.example\nb@acme.example,B,\ncleo@acme.example,Cleo,\n"x"y\ndan@,Dan,\n`
    const preview = await upload(acme, body, deps)
    assert.deepEqual(
      preview.errors.map(({ line, column, reason }) => `${line} ${column}: ${reason}`),
      [
        '2 aliases: The address belongs to ann@acme.example already.',
        '3 email: The address is an alias of ann@acme.example. Remove it there first.',
        '5 : Text follows a closing quotation mark. Put the whole field in quotation marks and double the inner ones.',
        '6 email: “dan@” is not an e-mail address. Write it like ann@acme.example.',
      ],
    )
    const before = await picture(deps, acme)
    const error = await refused(
      commitImport(acme, { id: preview.id, goodRowsOnly: false }, deps),
      'import-has-errors',
    )
    assert.match(error.message, /4 rows need attention\. Line 2 first/)
    assert.deepEqual(await picture(deps, acme), before)
    const done = await commitImport(acme, { id: preview.id, goodRowsOnly: true }, deps)
    assert.deepEqual([done.adds, done.errorCount], [1, 4])
    assert.deepEqual(await recipientsOf(deps, acme), [
      'a@acme.example',
      'ann@acme.example',
      'b@acme.example',
      'cleo@acme.example',
    ])
  }),
)

testOnBoth('what happened since the preview counts: users, another import, the hour, the day', (place) =>
  withStore(place, async (deps, clock) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const first = await upload(acme, `${HEAD}ann@acme.example,Ann,a@acme.example\n`, deps)
    const bob = await addUser(
      acme,
      { email: 'bob@acme.example', name: 'Bob', aliases: ['a@acme.example'] },
      deps,
    )
    await refused(commitImport(acme, { id: first.id, goodRowsOnly: false }, deps), 'import-has-errors')
    assert.equal((await getImport(acme, first.id, deps)).errorCount, 1)
    await removeUser(acme, bob.id, deps)
    await commitImport(acme, { id: first.id, goodRowsOnly: false }, deps)
    clock.add(1000)
    const second = await upload(acme, `${HEAD}ann@acme.example,Anna,\n`, deps)
    await commitImport(acme, { id: second.id, goodRowsOnly: false }, deps)
    const early = await refused(takeBackImport(acme, first.id, deps), 'import-gone')
    assert.match(early.message, /Take that import back first/)
    await takeBackImport(acme, second.id, deps)
    assert.deepEqual(await namesOf(deps, acme), ['ann@acme.example “Ann” a@acme.example (spreadsheet)'])
    clock.add(UNDO_MS)
    assert.match((await refused(takeBackImport(acme, first.id, deps), 'import-gone')).message, /time is over/)
    const old = await upload(acme, `${HEAD}cleo@acme.example,Cleo,\n`, deps)
    clock.add(PREVIEW_MS)
    assert.equal((await getImport(acme, old.id, deps)).state, 'expired')
    await refused(commitImport(acme, { id: old.id, goodRowsOnly: true }, deps), 'import-gone')
    await refused(takeBackImport(acme, old.id, deps), 'import-gone')
  }),
)

testOnBoth('an undo leaves what people did by hand since', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const ann = await addUser(acme, { email: 'ann@acme.example', name: 'Ann', aliases: [] }, deps)
    const bob = await addUser(acme, { email: 'bob@acme.example', name: 'Bob', aliases: [] }, deps)
    const body = `${HEAD}ann@acme.example,Anna,a@acme.example\nbob@acme.example,Robert,b@acme.example\n`
    const { id } = await upload(acme, body, deps)
    await commitImport(acme, { id, goodRowsOnly: false }, deps)
    const change = { name: 'Annette', aliases: ['a@acme.example', 'hand@acme.example'] }
    await updateUser(acme, { user: ann.id, change, expected: null }, deps)
    await removeUser(acme, bob.id, deps)
    await addUser(acme, { email: 'b@acme.example', name: 'B', aliases: [] }, deps)
    await takeBackImport(acme, id, deps)
    assert.deepEqual(await namesOf(deps, acme), [
      'ann@acme.example “Annette” hand@acme.example (manual)',
      'b@acme.example “B” (manual)',
    ])
    assert.deepEqual(await recipientsOf(deps, acme), [
      'ann@acme.example',
      'b@acme.example',
      'hand@acme.example',
    ])
  }),
)

testOnBoth('two who import the same file at once import it once; other organisations see nothing', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const other = await addOrganisation(deps.store, 'Globex', 'globex.example')
    const { id } = await upload(acme, `${HEAD}ann@acme.example,Ann,\n`, deps)
    for (const work of [
      () => getImport(other, id, deps),
      () => commitImport(other, { id, goodRowsOnly: true }, deps),
      () => takeBackImport(other, id, deps),
    ])
      await refused(work(), 'not-found')
    const both = await Promise.allSettled([
      commitImport(acme, { id, goodRowsOnly: false }, deps),
      commitImport(acme, { id, goodRowsOnly: false }, deps),
    ])
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    assert.equal((await listUsers(acme, { limit: 10 }, deps)).total, 1)
    assert.equal((await listUsers(other, { limit: 10 }, deps)).total, 0)
    const foreign = await upload(other, `${HEAD}ann@acme.example,Ann,\n`, deps)
    assert.deepEqual([foreign.adds, foreign.errorCount], [0, 1])
  }),
)

test('files wait in a limited number', () =>
  withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async (deps, clock) => {
      const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
      const oldest = await upload(acme, `${HEAD}ann@acme.example,Ann,\n`, deps)
      for (let more = 0; more < 10; more += 1) {
        clock.add(1)
        await upload(acme, `${HEAD}ann@acme.example,Ann,\n`, deps)
      }
      assert.equal((await getImport(acme, oldest.id, deps)).state, 'expired')
      const waiting = await deps.store.db
        .selectFrom('user_import')
        .select('id')
        .where('tenant_id', '=', acme.tenantId)
        .where('state', '=', 'previewed')
        .execute()
      assert.equal(waiting.length, 10)
    }),
  ))

test('100,000 rows are previewed, imported with progress and taken back', { timeout: 900_000 }, (context) =>
  withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async (deps) => {
      const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
      const rows = Array.from({ length: 100_000 }, (_, at) => `user${at}@acme.example,User ${at},`)
      const start = performance.now()
      const before = process.memoryUsage.rss()
      let peak = before
      const watch = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage.rss())
      }, 20)
      const { id, adds } = await upload(acme, HEAD + rows.join('\r\n'), deps)
      const previewed = performance.now()
      const quick = { ...deps, jobs: new ImportJobs(50) }
      const input = { id, goodRowsOnly: false }
      let now = await imports.commitImport(holding(acme), input, quick)
      assert.equal(now.state, 'importing')
      assert.match(now.progress?.phase ?? '', /Reading|Storing/)
      await refused(imports.commitImport(holding(acme), input, quick), 'import-gone')
      for (; now.state === 'importing'; now = await imports.getImport(acme, id, quick)) await setTimeout(50)
      assert.deepEqual([now.state, now.failure], ['committed', null])
      const committed = performance.now()
      await takeBackImport(acme, id, deps)
      const undone = performance.now()
      clearInterval(watch)
      assert.equal(adds, 100_000)
      assert.deepEqual(await recipientsOf(deps, acme), [])
      const figures = [previewed - start, committed - previewed, undone - committed].map(Math.round)
      const grown = Math.round((peak - before) / 1e6)
      context.diagnostic(`preview, import, undo of 100,000 rows: ${figures.join(', ')} ms; ${grown} MB more`)
    }),
  ),
)

testOnBoth('passwords, roles, groups, sign-in and attributes of a list, and back', (place) =>
  withStore(place, async (deps) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    await addUser(acme, { email: 'bob@acme.example', name: 'Bob', aliases: [] }, deps)
    const head = 'email,name,password,groups,role,enabled,attr:Office\n'
    const rows = [
      'ann@acme.example,Ann,correct horse battery,Sales;All staff,,yes,Bern',
      'bob@acme.example,,,sales,help-desk,no,Basel',
      'cleo@acme.example,Cleo,short,,,,',
      'anna@acme.example,Anna,correct horse battery,,,,',
      'dan@acme.example,Dan,,,Super administrator,,',
    ]
    const before = await picture(deps, acme)
    const shutOut = await upload(acme, `${head}anna@acme.example,Anna,,,,no,`, deps)
    assert.match(shutOut.errors[0]?.reason ?? '', /administrator: a list does not switch off/)
    const preview = await upload(acme, head + rows.join('\n'), deps)
    assert.deepEqual(
      preview.errors.map(({ line, column, text, reason }) => `${line} ${column} ${text}: ${reason}`),
      [
        '4 password : Use at least 12 characters; this one has 5.',
        '5 password : This is an administrator: a list changes neither its password nor its role.',
        '6 role Super administrator: Protected roles are given one by one, on the page Roles.',
      ],
    )
    assert.deepEqual([preview.passwords, preview.newGroups], [2, ['Sales', 'All staff']])
    const raw = await deps.store.db
      .selectFrom('user_import')
      .select('raw')
      .where('tenant_id', '=', acme.tenantId)
      .executeTakeFirstOrThrow()
    assert.doesNotMatch(Buffer.from(raw.raw).toString(), /horse|acme\.example/)
    await commitImport(acme, { id: preview.id, goodRowsOnly: true }, deps)
    const bob = await getUser(acme, 'bob@acme.example', deps)
    assert.deepEqual(
      [bob.enabled, bob.hasAccount, bob.groups.map(({ name }) => name), bob.attributes],
      [false, true, ['Sales'], [{ name: 'Office', value: 'Basel', from: 'Written here' }]],
    )
    const person = await deps.store.db
      .selectFrom('person')
      .innerJoin('role_binding', 'role_binding.person_id', 'person.id')
      .select(['person.password', 'person.must_change', 'role_binding.role'])
      .where('role_binding.tenant_id', '=', acme.tenantId)
      .where('person.email_key', '=', 'ann@acme.example')
      .executeTakeFirstOrThrow()
    assert.deepEqual([person.must_change, person.role], [1, 'end-user'])
    assert.equal(await deps.passwords.verify('correct horse battery', person.password), true)
    await takeBackImport(acme, preview.id, deps)
    assert.deepEqual(await picture(deps, acme), before)
    const groups = await listGroups(acme, { limit: 10, search: 'Sales' }, deps)
    assert.equal(groups.total, 0)
  }),
)

testOnBoth('a list that replaces removes whom only lists named, after a yes to the number', (place) =>
  withStore(place, async (deps, clock) => {
    const acme = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const names = ['ann', 'bob', 'cleo', 'dan', 'eve', 'fay', 'gus', 'hal']
    const rowOf = (name: string) => `${name}@acme.example,,${name}.x@acme.example`
    const first = await upload(acme, HEAD + names.map(rowOf).join('\n'), deps)
    await commitImport(acme, { id: first.id, goodRowsOnly: false }, deps)
    await addUser(acme, { email: 'ida@acme.example', name: 'Ida', aliases: [] }, deps)
    const { id: ann } = await getUser(acme, 'ann@acme.example', deps)
    const source = { kind: 'directory', connectorId: 'con_1' } as const
    const entry = {
      externalId: '1',
      kind: 'user' as const,
      email: 'ann@acme.example',
      aliases: [],
      name: 'Ann',
      userName: null,
      signInEnabled: true,
      attributes: new Map(),
      members: [],
      place: '',
    }
    const said = { tenantId: acme.tenantId, source, upserts: [entry], removals: [], now: START }
    await deps.store.transaction((trx) => applyPeople(trx, said, deps))
    const before = await namesOf(deps, acme)
    clock.add(1000)
    const second = await upload(acme, `${HEAD}bob@acme.example,Bob,\n`, deps, 'replace')
    assert.deepEqual([second.removes, second.keeps, second.removalsNeedYes], [6, 1, true])
    await refused(commitImport(acme, { id: second.id, goodRowsOnly: false }, deps), 'removals-need-yes')
    await commitImport(acme, { id: second.id, goodRowsOnly: false, removals: 6 }, deps)
    assert.deepEqual(await namesOf(deps, acme), [
      'ann@acme.example “Ann” ann.x@acme.example (directory)',
      'bob@acme.example “Bob” (spreadsheet)',
      'ida@acme.example “Ida” (manual)',
    ])
    assert.equal((await getUser(acme, 'ann@acme.example', deps)).id, ann)
    await takeBackImport(acme, second.id, deps)
    assert.deepEqual(await namesOf(deps, acme), before)
  }),
)

function upload(scope: Scope, text: string, deps: Deps, mode: ImportMode = 'add'): Promise<UserImport> {
  const file = { fileName: 'users.csv', raw: Buffer.from(text), mode }
  return imports.previewImport(holding(scope), file, { ...deps, jobs })
}

function counts({ state, rows, adds, changes, unchanged, errorCount }: UserImport) {
  return { state, rows, adds, changes, unchanged, errorCount }
}

/** Users, addresses and sources as stored, but for the marks that every change leaves. */
async function picture({ store }: Deps, { tenantId }: Scope): Promise<unknown> {
  const users = await store.db
    .selectFrom('user')
    .select(['id', 'email', 'email_key', 'name', 'name_key', 'enabled', 'created_at'])
    .where('tenant_id', '=', tenantId)
    .orderBy('id')
    .execute()
  const addresses = await store.db
    .selectFrom('user_address')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('address_key')
    .execute()
  const sources = await store.db
    .selectFrom('user_source')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('user_id')
    .orderBy('source')
    .execute()
  return { users, addresses, sources }
}

async function namesOf(deps: Deps, scope: Scope): Promise<string[]> {
  const { items } = await listUsers(scope, { limit: 100 }, deps)
  return items.map(({ email, name, aliases, sources }) => {
    return [email, `“${name}”`, ...aliases, `(${sources.join(' ')})`].join(' ')
  })
}

/** The list as an edge has it after reading the feed. */
async function recipientsOf({ store }: Deps, { tenantId }: Scope): Promise<string[]> {
  const rows = await store.db
    .selectFrom('feed')
    .select(['key', 'value'])
    .where('tenant_id', '=', tenantId)
    .where('list', '=', 'recipient')
    .orderBy('position')
    .execute()
  const list = new Set<string>()
  for (const { key, value } of rows) value === null ? list.delete(key) : list.add(key)
  return [...list].toSorted()
}

async function refused(work: Promise<unknown>, name: string): Promise<Problem> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Problem, `expected ${name}, got ${String(error)}`)
  assert.equal(error.problemName, name)
  return error
}
