// A process for tests to kill: stores messages and says each id once the spool says it is durable.
import { writeSync } from 'node:fs'
import { systemClock } from '#platform/clock.ts'
import { openSpool } from './open.ts'
import { acceptedOf, changeOf, contentOf, envelopeOf } from './spool.fixture.ts'

const [folder = '', task = 'commit'] = process.argv.slice(2)
const spool = await openSpool(folder, 0, { clock: systemClock, emit: () => {} })

if (task === 'take') {
  // Takes what is due, as delivery does, and dies with it in hand.
  for (const { envelope } of await spool.due(Date.now(), 100, new Set())) writeSync(1, `${envelope.id}\n`)
  process.kill(process.pid, 'SIGKILL')
} else if (task === 'hold') {
  const envelopes = Array.from({ length: 500 }, () => envelopeOf())
  await Promise.all(
    envelopes.map((envelope) => spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))),
  )
  for (const { id } of envelopes) {
    await spool.queue.change(changeOf('hold', [id]))
    writeSync(1, `${id}\n`)
  }
  process.kill(process.pid, 'SIGKILL')
} else {
  for (;;) {
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const envelope = envelopeOf()
        await spool.commitMessage(envelope, contentOf(), acceptedOf(envelope))
        // Synchronous, so that what the parent reads was durable before the kill.
        writeSync(1, `${envelope.id}\n`)
      }),
    )
  }
}
