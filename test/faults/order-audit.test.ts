// Law 1 seen from below: before the 250 of a message leaves, its octets were written to the spool and the
// disk said that it has them (reliability §3, case 43).
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { bigLetter, letter, outsider } from './lib/client.ts'
import { type Place, startPlace } from './lib/place.ts'
import { strace, straceMissing } from './lib/strace.ts'
import { type Call, readTrace } from './lib/trace.ts'

const skip = straceMissing()
const IS_FULL = process.env.GATEPOST_FULL === '1'
const SMALL = IS_FULL ? 1000 : 50
const LARGE = IS_FULL ? 20 : 3
const SENDERS = 5
const LARGE_OCTETS = 1_500_000
const TO_ANN = { from: 'ben@bright.example', to: ['ann@acme.example'] }

const folder = mkdtempSync(join(tmpdir(), 'gatepost-audit-'))
let place: Place
before(
  async () => {
    if (!skip) place = await startPlace({ GATEPOST_WORKERS: '1' })
  },
  { timeout: 240_000 },
)
after(async () => {
  await place?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test(`${SMALL} small and ${LARGE} large messages: written, synced, and only then 250`, {
  skip,
}, async (t) => {
  const calls = await traced(async () => {
    const each = Array.from({ length: SENDERS }, (_, sender) => sendSmall(sender))
    await Promise.all([...each, sendLarge()])
  })
  const replies = calls.filter(
    ({ name, text }) => isWrite(name) && /250 2\.0\.0 Ok: queued as msg_/.test(text),
  )
  const ids = replies.flatMap(({ text }) => [...text.matchAll(/queued as (msg_\w+)/g)].map(([, id]) => id!))
  assert.equal(new Set(ids).size, SMALL + LARGE, 'every reply is in the trace')
  let files = 0
  let least = Number.POSITIVE_INFINITY
  for (const reply of replies) {
    for (const [, id = ''] of reply.text.matchAll(/queued as (msg_\w+)/g)) {
      // The envelope with this id was written to the log of the spool …
      const written = calls.find(
        (call) => /^pwrite/.test(call.name) && isSpool(call) && call.text.includes(id),
      )
      assert.ok(written, `${id} was acknowledged and never written`)
      // … a sync of the same file began behind that and had returned before the reply was begun.
      const synced = calls.find(
        (call) =>
          isSync(call.name) &&
          isSpool(call) &&
          call.beganAt > written.endedAt &&
          call.endedAt < reply.beganAt,
      )
      assert.ok(synced, `${id}: no sync between its write and its 250`)
      assert.equal(synced.result, 0)
      least = Math.min(least, reply.beganAt - synced.endedAt)
      if (auditContentFile(calls, id)) files += 1
    }
  }
  assert.equal(files, LARGE)
  t.diagnostic(`${ids.length} replies, each behind its sync; the closest by ${least} lines of the trace`)
})

/**
 * Content in a file of its own: the file and its name are on disk before the row that refers to it. False
 * when the row names none.
 */
function auditContentFile(calls: readonly Call[], id: string): boolean {
  // The name stands right before the envelope; strace escapes quotes. Pages of other tables hold the id too.
  const named = new RegExp(`([0-9a-f]{30})\\{\\\\"id\\\\":\\\\"${id}`)
  const written = calls.find((call) => /^pwrite/.test(call.name) && isSpool(call) && named.test(call.text))
  const file = written && named.exec(written.text)?.[1]
  if (written === undefined || file === undefined) return false
  const ofFile = calls.find((call) => isSync(call.name) && call.path.endsWith(`/0.content/${file}`))
  assert.ok(ofFile, `the content file ${file} was never synced`)
  const ofFolder = calls.find(
    (call) => isSync(call.name) && call.path.endsWith('/0.content') && call.beganAt > ofFile.endedAt,
  )
  assert.ok(ofFolder, `the folder of ${file} was never synced`)
  assert.ok(ofFolder.endedAt < written.beganAt, `the row of ${file} was written before its content was safe`)
  return true
}

const isWrite = (name: string): boolean => /^(?:write|writev|sendto|sendmsg)$/.test(name)
const isSync = (name: string): boolean => /^f(?:data)?sync$/.test(name)
const isSpool = ({ path }: Call): boolean => /\/spool\/0\.db-wal$/.test(path)

async function sendSmall(sender: number): Promise<void> {
  const client = await outsider(place.port)
  for (let i = 0; i < SMALL / SENDERS; i++)
    assert.match(await client.send(TO_ANN, letter(`audit ${sender} ${i}`)), /^250/)
  client.end()
}

async function sendLarge(): Promise<void> {
  const client = await outsider(place.port)
  for (let i = 0; i < LARGE; i++) {
    assert.match(await client.begin(TO_ANN), /^354/)
    assert.match(await client.stream(bigLetter(`audit large ${i}`, LARGE_OCTETS)), /^250/)
  }
  client.end()
}

/** The system calls of the edge while the work is done, in the order in which they were seen. */
async function traced(work: () => Promise<void>): Promise<readonly Call[]> {
  const file = join(folder, 'trace')
  const wanted = 'fsync,fdatasync,pwrite64,pwritev,write,writev,sendto,sendmsg'
  // Whole pages are printed, so that an id is found wherever it stands in them.
  const attached = await strace(place.edges[0]!, ['-y', '-s', '10000', '-e', `trace=${wanted}`, '-o', file])
  try {
    await work()
  } finally {
    await attached.detach()
  }
  return readTrace(readFileSync(file, 'latin1'))
}
