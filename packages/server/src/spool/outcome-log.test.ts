// What the next hop took is known after a kill; a torn or full log costs nothing else.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { settleItemOf } from './gather.ts'
import { adoptSpools } from './open.ts'
import { OutcomeLog, readOutcomes } from './outcome-log.ts'
import { acceptedOf, type Bench, contentOf, createBench, envelopeOf, settlementOf } from './spool.fixture.ts'
import type { SettleItem } from './wire.ts'

const CHILD = fileURLToPath(new URL('./crash-child.fixture.ts', import.meta.url))
const NONE: ReadonlySet<string> = new Set()

function itemOf(number: number, kind: 'delivered' | 'bounced' | 'held' = 'delivered'): SettleItem {
  return settleItemOf(settlementOf(`msg_${number}`, [0, 7], { kind }))
}

describe('outcome log: the file', () => {
  let folder = ''
  const faults: string[] = []
  const logAt = (path: string, ringBytes?: number) =>
    new OutcomeLog({ path, tell: (why) => faults.push(why), ...(ringBytes ? { ringBytes } : {}) })
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatepost-outcomes-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('gives back what is final, as the writer takes it', () => {
    const path = join(folder, 'final')
    const items = [itemOf(1), itemOf(2, 'bounced'), { ...itemOf(3), byPerson: true, report: null }]
    logAt(path).note([...items, itemOf(4, 'held')])
    assert.deepEqual(readOutcomes(path), items)
    assert.equal(statSync(path).mode & 0o777, 0o600)
  })

  it('keeps texts of a next hop that hold tabs, other alphabets and line ends', () => {
    const path = join(folder, 'text')
    const report = JSON.stringify({ text: 'a\tb\r\nÜber 郵 😀' })
    const item = { ...itemOf(1), report }
    logAt(path).note([item])
    assert.deepEqual(readOutcomes(path), [item])
  })

  it('leaves out what is torn, changed or not there', () => {
    const path = join(folder, 'torn')
    assert.deepEqual(readOutcomes(path), [])
    const log = logAt(path)
    log.note([itemOf(1)])
    const whole = readFileSync(path)
    for (let length = 0; length < whole.length; length += 7) {
      const torn = join(folder, 'cut')
      rmSync(torn, { force: true })
      appendFileSync(torn, whole.subarray(0, length))
      assert.deepEqual(readOutcomes(torn), [])
      appendFileSync(torn, Buffer.concat([Buffer.alloc(50), Buffer.from('\n'), whole]))
      assert.deepEqual(readOutcomes(torn), readOutcomes(path))
    }
    const changed = Buffer.from(whole)
    changed[20]! ^= 1
    appendFileSync(join(folder, 'changed'), changed)
    assert.deepEqual(readOutcomes(join(folder, 'changed')), [])
  })

  it('uses its room again once outcomes are settled, and never before', () => {
    const path = join(folder, 'ring')
    const ringBytes = 10_000
    const log = logAt(path, ringBytes)
    const noted = (): ReadonlySet<string> => new Set(readOutcomes(path).map(({ messageId }) => messageId))
    for (let number = 0; number < 100; number += 1) {
      log.note([itemOf(number)])
      assert.ok(noted().has(`msg_${number}`), `the ${number}th`)
      log.settled(log.mark)
    }
    log.note([itemOf(100)])
    const settled = log.mark
    const safe = Array.from({ length: 99 }, (_, index) => log.note([itemOf(101 + index)]))
    assert.deepEqual([safe.at(0), safe.at(-1)], [true, false])
    assert.ok(statSync(path).size <= ringBytes)
    const kept = noted()
    for (const number of [100, 101, 102]) assert.ok(kept.has(`msg_${number}`), 'nobody wrote over it')
    assert.ok(!kept.has('msg_199'), 'there was no room')
    log.settled(settled + 5_000)
    log.note([itemOf(200)])
    assert.ok(noted().has('msg_200'))
    log.close()
    assert.ok(existsSync(path), 'unsettled outcomes wait for the next start')
    assert.deepEqual(faults, [])
  })

  it('tells once when the disk refuses, and goes on', () => {
    const path = join(folder, 'missing', 'log')
    const log = logAt(path)
    for (let number = 0; number < 3; number += 1) assert.equal(log.note([itemOf(number)]), false)
    assert.equal(faults.splice(0).length, 1)
    mkdirSync(join(folder, 'missing'))
    assert.equal(log.note([itemOf(4)]), true)
    log.settled(log.mark)
    assert.deepEqual(
      readOutcomes(path).map(({ messageId }) => messageId),
      ['msg_4'],
    )
    log.close()
    assert.equal(existsSync(path), false)
  })
})

describe('outcome log: after a kill', () => {
  let bench: Bench
  before(() => {
    bench = createBench()
  })
  after(() => bench.remove())

  /** Runs a process that dies in its task; returns the messages it named. */
  const killIn = (task: string): readonly string[] => {
    const child = spawnSync(process.execPath, [CHILD, bench.folder, task], { encoding: 'utf8' })
    assert.equal(child.signal, 'SIGKILL')
    return child.stdout.trim().split('\n')
  }

  it('nothing that was delivered or bounced is due again, and tracking hears of it once', async () => {
    const ids = killIn('settle')
    assert.equal(ids.length, 300)
    const spool = await bench.open()
    assert.deepEqual(await spool.due(Date.now(), 1_000, NONE), [])
    const heard = (await spool.outbox(10_000)).flatMap(({ report }) =>
      report.kind === 'delivery' ? [report.messageId] : [],
    )
    assert.deepEqual(heard.toSorted(), ids.toSorted())
    assert.equal((await spool.counts()).messages, 0)
    await spool.close()
    assert.equal(existsSync(join(bench.folder, '0.outcomes')), false, 'a clean stop leaves none')
  })

  it('only the recipients that got it are done', async () => {
    const [id] = killIn('settle-one-of-two')
    const [adopted] = await adoptSpools(bench.folder, 0, {
      clock: { now: Date.now, sleep: async () => {} },
      emit: (name, fields = {}) => bench.events.push({ name, fields }),
    })
    const [due] = (await adopted?.due(Date.now(), 10, NONE)) ?? []
    assert.equal(due?.envelope.id, id)
    assert.deepEqual(
      due?.recipients.map(({ index }) => index),
      [1],
    )
    assert.equal(bench.events.findLast(({ name }) => name === 'spool.opened')?.fields.noted, 1)
    await adopted?.close()
  })

  it('a start that is killed after it read them changes nothing for the next', async () => {
    killIn('settle')
    killIn('take')
    const spool = await bench.open()
    const envelope = envelopeOf()
    await spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))
    const due = await spool.due(Date.now(), 1_000, NONE)
    assert.ok(due.some(({ envelope: { id } }) => id === envelope.id))
    const reports = (await spool.outbox(10_000)).map(({ report }) => report.id)
    assert.equal(new Set(reports).size, reports.length)
    await spool.close()
  })
})
