// Delivered and held mail reported as spam or as wanted from its entry in the message centre: the copy comes
// from the archive or from the edge, the lesson is counted, and can be taken back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listSpamLessons, unteachSpam } from '@gatepost/server/control/screening/learn.ts'
import { reportMessage } from '@gatepost/server/control/screening/report-delivered.ts'
import { world } from './archive/world.ts'
import { withControl } from './control.ts'
import { archiveMessage } from './isolation/fill-archive.ts'
import { accepted, addOrganisation, batchOf } from './store/fixtures.ts'

const OFFER = (n: number) =>
  `From: Nora <nora@bright.example>\nSubject: Tulips ${n}\n\nNew bulbs this week.\n`
const author = { author: 'nora@bright.example', reversePath: 'nora@bright.example' }

test('case 57: a message of the message centre becomes a lesson by its copy, and only of its own organisation', async () => {
  await withControl(async (control) => {
    const { deps } = control
    const { scope } = await world(control, 'acme')
    const other = await world(control, 'other')
    const without = await addOrganisation(deps.store, 'Bare', 'bare.example')
    const { tenantId } = scope
    const at = deps.clock.now()
    // Several of one author, the one that is meant neither the first nor the last.
    const messages = [1, 2, 3].map((n) =>
      accepted(tenantId, { at: at + n, subject: `Tulips ${n}`, ...author }),
    )
    const bare = accepted(without.tenantId, { at, ...author })
    const outbound = accepted(tenantId, { at, direction: 'outbound', ...author })
    const held = accepted(tenantId, {
      at,
      ...author,
      recipients: [
        { index: 0, forwardPath: 'ann@acme.example', explanation: [], facts: {}, held: 'by-policy' },
      ],
    })
    await deps.tracking.take(batchOf([...messages, bare, outbound, held]))
    for (const [n, { id }] of messages.entries()) {
      await archiveMessage(control, tenantId, { content: OFFER(n + 1), delivery: id, receivedAt: at })
    }
    control.waiting.set(`${tenantId} ${held.id}`, Buffer.from(OFFER(9)))

    const [, second] = messages
    const spam = await reportMessage(scope, { messageId: second!.id, kind: 'spam' }, deps)
    assert.deepEqual([spam.kind, spam.origin, spam.subject], ['spam', 'report', 'Tulips 2'])
    const again = await reportMessage(scope, { messageId: second!.id, kind: 'ham' }, deps)
    const wanted = await reportMessage(scope, { messageId: held.id, kind: 'ham' }, deps)
    assert.equal(wanted.subject, 'Tulips 9')
    const lessons = async () => (await listSpamLessons(scope, { limit: 50 }, deps)).items.map(({ id }) => id)
    assert.deepEqual(
      new Set(await lessons()),
      new Set([again.id, wanted.id]),
      'reported anew, it is one lesson',
    )
    await unteachSpam(scope, again.id, deps)
    assert.deepEqual(await lessons(), [wanted.id])

    const refused = async (as: typeof scope, messageId: string): Promise<unknown> =>
      reportMessage(as, { messageId, kind: 'spam' }, deps).then(
        () => 'taught',
        (error: { readonly problem?: unknown; readonly name?: unknown; readonly message?: unknown }) => error,
      )
    assert.match(String(await refused(other.scope, second!.id)), /no message|not found|No such/i)
    assert.match(String(await refused(without, bare.id)), /Nothing of it is kept here/)
    assert.match(String(await refused(scope, outbound.id)), /came from outside/)
  })
})
