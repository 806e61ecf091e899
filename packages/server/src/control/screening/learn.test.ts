// Lessons about spam over both databases: kept as numbers, added up, published, taken back, bounded by person
// and by number, and never another organisation's.
import assert from 'node:assert/strict'
import { unpackLearned } from '#spam/learned.ts'
import { testOnBoth } from '../../../../../test/store/databases.ts'
import { addOrganisation, START, withStore } from '../../../../../test/store/fixtures.ts'
import { addUpDue } from './add-up.ts'
import { LESSONS_A_DAY_MAX, listSpamLessons, spamLearning, teachSpam, unteachSpam } from './learn.ts'
import { learnReported } from './reports.ts'
import { allLessons, insertLesson, taughtOf } from './store.ts'

const offer = (n: number) =>
  Buffer.from(
    `From: N <n@shop${n}.example>\r\nSubject: Tulips ${n}\r\n\r\nNew bulbs and hoses this week.\r\n`,
  )
const letter = (n: number) =>
  Buffer.from(`From: P <p@bright.example>\r\nSubject: Bridge ${n}\r\n\r\nConcrete and steel are ready.\r\n`)

testOnBoth(
  'lessons count from five of each kind on, are listed, and are gone when taken back',
  async (db) => {
    await withStore(db, async (deps, clock) => {
      const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
      const other = await addOrganisation(deps.store, 'Other', 'other.example')
      const teach = (kind: 'spam' | 'ham', content: Buffer) => {
        clock.add(1)
        return teachSpam(scope, { kind, origin: 'command', content }, deps)
      }
      for (let n = 0; n < 4; n++) {
        await teach('spam', offer(n))
        await teach('ham', letter(n))
      }
      await addUpDue(deps.store, START)
      assert.equal((await spamLearning(scope, deps)).isUsed, false)
      await teach('spam', offer(4))
      const last = await teach('ham', letter(4))
      assert.equal(await addUpDue(deps.store, START), 1)
      assert.equal(await addUpDue(deps.store, START), 0, 'nothing is due twice')
      const learning = await spamLearning(scope, deps)
      assert.deepEqual([learning.spam, learning.ham, learning.isUsed], [5, 5, true])
      const packed = (await taughtOf(deps.store.db, scope.tenantId))?.packed
      assert.ok(unpackLearned(packed ?? '')!.weights.size > 10)
      const page = await listSpamLessons(scope, { limit: 3 }, deps)
      assert.deepEqual(
        [page.items[0]?.id, page.items[0]?.subject, page.items[0]?.kind],
        [last.id, 'Bridge 4', 'ham'],
      )
      assert.equal((await listSpamLessons(scope, { limit: 500, after: page.next! }, deps)).items.length, 7)
      assert.deepEqual((await listSpamLessons(other, { limit: 50 }, deps)).items, [])
      await assert.rejects(unteachSpam(other, last.id, deps), /no lesson/)
      await unteachSpam(scope, last.id, deps)
      assert.equal(await addUpDue(deps.store, START), 1)
      assert.equal((await taughtOf(deps.store.db, scope.tenantId))?.packed, null)
    })
  },
)

testOnBoth('a message is taught once, and one person so many a day', async (db) => {
  await withStore(db, async (deps) => {
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    await teachSpam(scope, { kind: 'spam', origin: 'report', content: offer(0) }, deps)
    await teachSpam(scope, { kind: 'ham', origin: 'release', content: offer(0) }, deps)
    const { spam, ham } = await spamLearning(scope, deps)
    assert.deepEqual([spam, ham], [0, 1])
    const teach = (n: number) => teachSpam(scope, { kind: 'spam', origin: 'report', content: offer(n) }, deps)
    await deps.store.transaction(async (trx) => {
      const [row] = await allLessons(trx, scope.tenantId, 1)
      assert.ok(row)
      for (let n = 1; n < LESSONS_A_DAY_MAX; n++) {
        await insertLesson(trx, { ...row, id: `${row.id}${n}`, digest: String(n) })
      }
    })
    await assert.rejects(teach(LESSONS_A_DAY_MAX), /a day/)
    // A report says so: as a fault, its letter would come again and again.
    assert.equal(await learnReported(scope, { kind: 'spam', content: offer(LESSONS_A_DAY_MAX) }, deps), null)
  })
})
