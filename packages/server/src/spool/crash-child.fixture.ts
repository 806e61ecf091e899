// A process for tests to kill: stores messages and says each id once the spool says it is durable.
import { writeSync } from 'node:fs'
import { systemClock } from '#platform/clock.ts'
import { openSpool } from './open.ts'
import { acceptedOf, changeOf, contentOf, envelopeOf, settlementOf } from './spool.fixture.ts'
import type { Envelope } from './spool.ts'

const [folder = '', task = 'commit'] = process.argv.slice(2)
const spool = await openSpool(folder, 0, { clock: systemClock, emit: () => {} })

const tasks = new Map<string, () => Promise<void>>([
  ['commit', commitForEver],
  ['take', takeDue],
  ['commit-large', commitLarge],
  ['hold', holdEach],
  ['settle', () => settle(300)],
  ['settle-one-of-two', () => settle(1, ['ann@acme.example', 'bob@acme.example'])],
])
await tasks.get(task)?.()
process.kill(process.pid, 'SIGKILL')

async function commitForEver(): Promise<void> {
  for (;;) {
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const envelope = envelopeOf()
        await spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))
        say(envelope)
      }),
    )
  }
}

/** Twenty million octets, and dies before anything is calm. */
async function commitLarge(): Promise<void> {
  const text = `Subject: large\r\n\r\n${'x'.repeat(999_000)}\r\n`
  for (let number = 0; number < 20; number++) {
    const envelope = envelopeOf()
    await spool.commitMessage(envelope, contentOf(text), acceptedOf(envelope))
  }
}

/** Takes what is due, as delivery does, and dies with it in hand. */
async function takeDue(): Promise<void> {
  for (const { envelope } of await spool.due(Date.now(), 100, new Set())) say(envelope)
}

async function holdEach(): Promise<void> {
  for (const { id } of await commitMany(500)) {
    await spool.queue.change(changeOf('hold', [id]))
    say({ id })
  }
}

/** Dies in the turn in which it says what became of them: no batch has left by then but the first. */
async function settle(count: number, forwardPaths?: string[]): Promise<void> {
  const envelopes = await commitMany(count, forwardPaths)
  for (const envelope of envelopes) {
    const kind = envelope === envelopes.at(-1) ? 'bounced' : 'delivered'
    void spool.settle([settlementOf(envelope.id, [0], { kind })])
    say(envelope)
  }
}

async function commitMany(count: number, forwardPaths?: string[]): Promise<readonly Envelope[]> {
  const envelopes = Array.from({ length: count }, () => envelopeOf({}, forwardPaths))
  await Promise.all(
    envelopes.map((envelope) => spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))),
  )
  return envelopes
}

/** Synchronous, so that what the parent reads was so before the kill; a full pipe is waited for. */
function say({ id }: Pick<Envelope, 'id'>): void {
  let rest = Buffer.from(`${id}\n`)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}
