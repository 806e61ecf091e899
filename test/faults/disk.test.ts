// A disk that is full, fails to sync or is read-only: senders hear 4yz, the queue stays whole, and service
// resumes by itself (reliability §3, cases 40 and 41).
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, truncateSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../journeys/lib/api.ts'
import { bigLetter, type Client, letter, outsider } from './lib/client.ts'
import { nothingDied, type Place, startPlace } from './lib/place.ts'
import { strace, straceMissing } from './lib/strace.ts'

const TO_ANN = { from: 'ben@bright.example', to: ['ann@acme.example'] }
const DISK_BYTES = 320 * 1024 * 1024
const QUEUED = 20
/** The disk is looked at each second. */
const RESUMES_MS = 30_000

const outer = mkdtempSync(join(tmpdir(), 'gatepost-disk-'))
const disk = join(outer, 'disk')
const skip = mountDisk()

let place: Place
before(
  async () => {
    if (skip) return
    const { TMPDIR } = process.env
    process.env.TMPDIR = disk // The gateway's data folder is made there.
    try {
      place = await startPlace({ GATEPOST_WORKERS: '1' })
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = TMPDIR
    }
    // Some wait in the queue throughout.
    await place.world.acme.setDown(true)
    for (let i = 0; i < QUEUED; i++) assert.match(await send('queued'), /^250/)
  },
  { timeout: 240_000 },
)
after(async () => {
  await place?.stop()
  spawnSync('umount', [disk])
  rmSync(outer, { recursive: true, force: true })
})

/** What was said to each message, by its subject. */
const said = new Map<string, string>()
let count = 0

/** The reply to a whole message in a session of its own; a number makes its subject the only one. */
async function send(word: string): Promise<string> {
  const subject = `${word}${++count}`
  const client = await outsider(place.port)
  try {
    const reply = await client.send(TO_ANN, letter(subject))
    said.set(subject, reply)
    return reply
  } finally {
    client.end()
  }
}

/** The rest of a message whose DATA was answered before the trouble began. */
async function finish(client: Client, subject: string, octets: number): Promise<string> {
  const reply = await client.stream(bigLetter(subject, octets))
  said.set(subject, reply)
  return reply
}

/** Small messages that would fit into a log of the spool that was never written back (about 4 MiB). */
const LOG_OF_MESSAGES = 8

/** Sessions that are past DATA when the trouble begins. */
async function inDataPhase(count: number): Promise<readonly Client[]> {
  const clients: Client[] = []
  for (let i = 0; i < count; i++) {
    const client = await outsider(place.port)
    assert.match(await client.begin(TO_ANN), /^354/)
    clients.push(client)
  }
  return clients
}

const resumed = (subject: string): Promise<string> =>
  eventually(
    () => send(subject),
    (reply) => reply.startsWith('250'),
    RESUMES_MS,
  )

describe('a full disk', { skip }, () => {
  const filler = (): string => join(disk, 'filler')

  test('almost full: MAIL hears 452 4.3.1, until there is space', async () => {
    const { bavail, bsize } = statfsSync(disk)
    allocate(filler(), bavail * bsize - 40 * 1024 * 1024)
    try {
      await eventually(
        () => send('almost'),
        (reply) => reply.startsWith('452 4.3.1'),
        RESUMES_MS,
      )
    } finally {
      rmSync(filler())
    }
    await resumed('after-almost')
  })

  test('full in the middle of messages: each hears 452 4.3.1, small and large', async () => {
    const clients = await inDataPhase(LOG_OF_MESSAGES + 2)
    const [large, ...small] = clients
    try {
      fillUp(filler())
      // What the log of the spool occupies already is room still: a few small ones may be taken, and durably.
      const replies: string[] = []
      for (const [at, client] of small.entries()) {
        replies.push(await finish(client, `full-small-${at}`, 900_000))
      }
      const refused = replies.filter((reply) => reply.startsWith('452 4.3.1'))
      const taken = replies.filter((reply) => reply.startsWith('250'))
      assert.equal(refused.length + taken.length, replies.length, replies.join('|'))
      assert.ok(refused.length > 0, 'a full disk took every message')
      assert.match(await finish(large!, 'full-large', 5_000_000), /^452 4\.3\.1/)
      // The sessions live on.
      for (const client of clients) assert.match(await client.say('RSET'), /^250/)
    } finally {
      for (const client of clients) client.end()
      rmSync(filler())
    }
    await resumed('after-full')
    // The log is written a little later.
    const events = ['"spool.unavailable"', '"spool.recovered"']
    await eventually(
      () => events.filter((event) => !place.gateway.output().includes(event)),
      (missing) => missing.length === 0,
    )
    nothingDied(place)
  })
})

describe('a disk that fails', { skip: skip || straceMissing() }, () => {
  for (const [name, inject] of [
    ['EIO on every sync', 'fdatasync,fsync:error=EIO'],
    ['a read-only file system', 'pwrite64,pwritev,ftruncate:error=EROFS'],
  ] as const) {
    test(`${name}: 4yz while it lasts, and service resumes`, async () => {
      const [waiting] = await inDataPhase(1)
      const calls = inject.slice(0, inject.indexOf(':'))
      const attached = await strace(place.edges[0]!, ['-e', `trace=${calls}`, '-e', `inject=${inject}`])
      try {
        assert.match(await finish(waiting!, `during-${calls}`, 10_000), /^45\d 4\.3\.[01]/)
        await eventually(
          () => send('refused'),
          (reply) => /^45\d 4\.3\.[01]/.test(reply),
          RESUMES_MS,
        )
      } finally {
        waiting?.end()
        await attached.detach()
      }
      await resumed('after-fault')
      nothingDied(place)
    })
  }
})

test('all that was acknowledged is delivered once, and nothing that was refused', { skip }, async (t) => {
  await place.world.acme.setDown(false)
  type Rows = { readonly items: readonly { readonly id: string; readonly status: string }[] }
  const retryAll = async (): Promise<void> => {
    const { items } = await place.api.call<Rows>('GET', `${place.base}/messages?limit=500`)
    for (const { id, status } of items) if (['queued', 'deferred'].includes(status)) await place.retry(id)
  }
  const acknowledged = [...said].filter(([, reply]) => reply.startsWith('250')).map(([subject]) => subject)
  // The gateway's own letter about its full disk may have come too.
  const came = (): readonly string[] =>
    place.world.acme
      .messages()
      .map(({ subject }) => subject)
      .filter((subject) => said.has(subject))
  const isWhole = (subjects: readonly string[]): boolean =>
    acknowledged.every((one) => subjects.includes(one))
  await eventually(() => retryAll().then(came), isWhole, 30_000)
  t.diagnostic(`${acknowledged.length} of ${said.size} acknowledged`)
  assert.deepEqual([...came()].sort(), [...acknowledged].sort())
})

/** A small ext4 of its own; the reason to skip where that is not allowed. */
function mountDisk(): string | false {
  const image = join(outer, 'image')
  closeSync(openSync(image, 'w'))
  truncateSync(image, DISK_BYTES)
  spawnSync('mkdir', [disk])
  const made = spawnSync('mkfs.ext4', ['-q', '-m', '0', image]).status === 0
  const isMounted = made && spawnSync('mount', ['-o', 'loop', image, disk]).status === 0
  return isMounted ? false : 'component missing: a loop mount (root)'
}

function allocate(path: string, bytes: number): void {
  assert.equal(spawnSync('fallocate', ['-l', String(bytes), path]).status, 0)
}

/** Writes until the disk takes no more. */
function fillUp(path: string): void {
  const { bfree, bsize } = statfsSync(disk)
  spawnSync('fallocate', ['-l', String(Math.max(bsize, bfree * bsize - 4 * 1024 * 1024)), path])
  const file = openSync(path, 'a')
  const block = Buffer.alloc(bsize)
  try {
    for (;;) writeSync(file, block)
  } catch {
    // Full.
  } finally {
    closeSync(file)
  }
}
