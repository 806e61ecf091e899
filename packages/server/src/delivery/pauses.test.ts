// Paused mail of an earlier life is found, also where the disk refused at first.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settingsOf } from './delivery.fixture.ts'
import type { Source } from './in-hand.ts'
import { Pauses } from './pauses.ts'

test('paused mail is looked for again until its spool can be read', async () => {
  const stopped = new AbortController()
  const unpaused: string[] = []
  let looks = 0
  const queue = {
    pausedTenants: async () => {
      looks += 1
      if (looks < 3) throw new Error('disk I/O error')
      return ['ten_1']
    },
    unpause: async ({ tenantId }: { readonly tenantId: string }) => {
      unpaused.push(tenantId)
      stopped.abort()
      return { messages: 1, next: null }
    },
  }
  const source = { spool: { queue } } as unknown as Source
  const settings = settingsOf([])
  let sleeps = 0
  const pauses = new Pauses({
    clock: {
      now: () => 0,
      sleep: async () => {
        sleeps += 1
        if (sleeps > 20) stopped.abort()
      },
    },
    settingsOf: () => settings,
    sources: () => [source],
    withdraw: () => {},
    wake: () => {},
  })
  await pauses.takeOver(source)
  await pauses.run(stopped.signal)
  assert.deepEqual(unpaused, ['ten_1'])
})
