// Entries that spare the next decision: a permit or a block of a held message's author, for its recipient
// alone or for everybody of the organisation.

import { createPolicy } from '../policy/policy.ts'
import { Problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { addSenders } from '../sender/sender.ts'
import type { HeldActed, HeldOrder, Target } from './act.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>

/** Makes them; what cannot be made is named, and the messages are decided all the same. */
export async function makeEntries(
  scope: Scope,
  targets: readonly Target[],
  order: HeldOrder,
  deps: Deps,
): Promise<{ readonly count: number; readonly left: HeldActed['left'] }> {
  const left: HeldActed['left'] = []
  const seen = new Set<string>()
  let count = 0
  for (const { messageId, rows } of targets) {
    for (const row of order.scope === 'everyone' ? rows.slice(0, 1) : rows) {
      const sender = senderOf(row, order.about)
      if (sender === null) {
        left.push({ id: messageId, why: 'It names no sender that an entry could be made for.' })
        continue
      }
      const key = `${order.scope === 'everyone' ? '' : row.mailbox} ${sender}`
      if (seen.has(key)) continue
      seen.add(key)
      try {
        await makeEntry(scope, { sender, user: row.mailbox, messageId }, order, deps)
        count += 1
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        left.push({ id: messageId, why: `No entry for ${sender}: ${textOf(error)}` })
      }
    }
  }
  return { count, left }
}

function senderOf(row: Target['rows'][number], about: HeldOrder['about']): string | null {
  const address = row.author ?? row.reverse_path
  if (address === null || !address.includes('@')) return null
  return about === 'domain' ? address.slice(address.lastIndexOf('@') + 1) : address
}

async function makeEntry(
  scope: Scope,
  entry: { readonly sender: string; readonly user: string; readonly messageId: string },
  { action, scope: whom }: HeldOrder,
  deps: Deps,
): Promise<void> {
  const isPermit = action === 'permit'
  const { sender, user, messageId } = entry
  const comment = `From held message ${messageId}`
  if (whom === 'recipient') {
    const isDomain = !sender.includes('@')
    await addSenders(
      scope,
      {
        user,
        senders: [sender],
        action: isPermit ? 'permit' : 'block',
        onlyIfAuthenticated: isPermit && isDomain,
        comment,
        expiresAt: null,
      },
      deps,
    )
    return
  }
  const from = sender.includes('@')
    ? ({ kind: 'address', address: sender } as const)
    : ({ kind: 'domain', domain: sender } as const)
  const common = {
    name: `${isPermit ? 'Permit' : 'Block'} ${sender}`,
    description: comment,
    from,
    to: { kind: 'internal' } as const,
    addressesBasedOn: 'both' as const,
    bidirectional: false,
    sourceIps: [],
    hostNames: [],
    validFrom: null,
    validUntil: null,
    override: false,
    enabled: true,
  }
  const draft = isPermit
    ? ({
        ...common,
        type: 'permitted-senders',
        option: { action: 'permit', onlyIfAuthenticated: true },
      } as const)
    : ({ ...common, type: 'blocked-senders', option: { action: 'block' } } as const)
  await createPolicy(scope, { draft, reason: comment }, deps)
}

function textOf(problem: Problem): string {
  const [first] = problem.errors ?? []
  return first?.message ?? problem.message
}
