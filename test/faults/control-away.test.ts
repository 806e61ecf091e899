// Control stands still, its database is slow or gone: mail flows on, and what happened is told afterwards
// (reliability §3, case 42).
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../journeys/lib/api.ts'
import { postgresMissing, withDatabase } from '../store/databases.ts'
import { letter, outsider } from './lib/client.ts'
import { nothingDied, type Place, startPlace } from './lib/place.ts'
import { type SlowLine, startSlowLine } from './lib/slow-line.ts'

const TO_ANN = { from: 'ben@bright.example', to: ['ann@acme.example'] }
const MESSAGES = 20
/** Far under the five minutes after which a sender gives up, and far over what it takes. */
const FLOWS_WITHIN_MS = 30_000

/** Sends a series from outside; resolves when all of it arrived at Acme. */
async function flow(place: Place, word: string): Promise<void> {
  const client = await outsider(place.port)
  for (let i = 0; i < MESSAGES; i++) {
    assert.match(await client.send(TO_ANN, letter(`${word}${i}`)), /^250/)
  }
  assert.match(
    await client.send({ ...TO_ANN, to: ['nobody@acme.example'] }, letter(`${word} refused`)),
    /^550 5\.1\.1/,
  )
  client.end()
  await eventually(
    () => place.world.acme.messages().filter(({ subject }) => subject.startsWith(word)).length,
    (count) => count === MESSAGES,
    FLOWS_WITHIN_MS,
  )
}

/** Every message of the series is in the message centre exactly once, as delivered. */
async function told(place: Place, word: string): Promise<void> {
  type Rows = { readonly items: readonly { readonly subject: string | null; readonly status: string }[] }
  const rows = await eventually(
    async () => {
      const { items } = await place.api.call<Rows>('GET', `${place.base}/messages?limit=500`)
      return items.filter(({ subject }) => subject?.startsWith(word))
    },
    (items) => items.filter(({ status }) => status === 'delivered').length >= MESSAGES,
    60_000,
  )
  const subjects = rows.filter(({ status }) => status === 'delivered').map(({ subject }) => subject)
  assert.equal(new Set(subjects).size, MESSAGES)
  assert.equal(subjects.length, MESSAGES, 'a message is told of twice')
}

test('control stands still: mail is taken, judged and delivered; reports arrive when it goes on', async () => {
  const place = await startPlace()
  try {
    process.kill(place.control, 'SIGSTOP')
    try {
      await flow(place, 'still')
    } finally {
      process.kill(place.control, 'SIGCONT')
    }
    await told(place, 'still')
    nothingDied(place)
  } finally {
    await place.stop()
  }
})

describe('the database of control', { skip: postgresMissing() }, () => {
  let place: Place
  let line: SlowLine
  let end = (): void => {}
  let database: Promise<void>
  before(
    async () => {
      const url = await new Promise<string>((resolve, reject) => {
        database = withDatabase(
          (given) =>
            new Promise<void>((done) => {
              end = done
              resolve(given)
            }),
        )
        database.catch(reject)
      })
      line = await startSlowLine(endpointOf(url))
      const { pathname } = new URL(url)
      place = await startPlace({
        GATEPOST_DATABASE: `postgres://postgres@127.0.0.1:${line.port}${pathname}`,
      })
    },
    { timeout: 240_000 },
  )
  after(async () => {
    await place?.stop()
    await line?.stop()
    end()
    await database
  })

  test('slow, each answer half a second late: mail does not feel it', async () => {
    line.setDelay(500)
    try {
      await flow(place, 'slow')
    } finally {
      line.setDelay(0)
    }
    await told(place, 'slow')
  })

  test('gone and back: mail does not feel it, the API says so, nothing is told half or twice', async () => {
    line.setDown(true)
    try {
      await flow(place, 'gone')
      await eventually(
        () => place.api.raw('GET', `${place.base}/users`),
        ({ status }) => status >= 500 && status < 600,
      )
    } finally {
      line.setDown(false)
    }
    await told(place, 'gone')
    nothingDied(place)
  })
})

function endpointOf(url: string): { path: string } | { host: string; port: number } {
  const { hostname, port, searchParams } = new URL(url)
  const sockets = searchParams.get('host')
  return sockets === null
    ? { host: hostname, port: Number(port || 5432) }
    : { path: join(sockets, '.s.PGSQL.5432') }
}
