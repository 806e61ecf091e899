// Which entries of users' lists decided something, from what edges report: shown as "last used".
import { managedSenderOfId } from '#link/managed-sender.ts'
import type { Report } from '#link/reports.ts'
import type { Store } from '#store/open.ts'

export type SenderUse = { readonly tenantId: string; readonly id: string; readonly at: number }

type Judged = {
  readonly explanation: readonly { readonly because: string }[]
  readonly facts: Extract<Report, { kind: 'accepted' }>['facts']
}

const NOTHING: readonly SenderUse[] = []

/** Entries that a report says permitted or blocked. */
export function senderUsesIn(report: Report): readonly SenderUse[] {
  const isRefusal = report.kind === 'refused'
  if (!isRefusal && (report.kind !== 'accepted' || report.direction !== 'inbound')) return NOTHING
  const { tenantId, at } = report
  if (tenantId === null) return NOTHING
  const judged: readonly Judged[] = isRefusal
    ? [report]
    : report.recipients.flatMap((recipient) => [recipient, ...(recipient.message ? [recipient.message] : [])])
  return judged.flatMap((one) => idsIn(one).map((id) => ({ tenantId, id, at })))
}

/** Notes when entries were used last. One that is gone since is nobody's concern. */
export async function keepSenderUses(store: Pick<Store, 'db'>, uses: readonly SenderUse[]): Promise<void> {
  for (const { tenantId, id, at } of uses) {
    const place = managedSenderOfId(id)
    if (place === null) continue
    await store.db
      .updateTable('managed_sender')
      .set({ last_used_at: at })
      .where('tenant_id', '=', tenantId)
      .where('user_key', '=', place.userKey)
      .where('sender', '=', place.sender)
      .execute()
  }
}

function idsIn({ explanation, facts }: Judged): readonly string[] {
  const fact = facts.managedSender
  if (fact?.kind !== 'known') return []
  return explanation.flatMap(({ because }) => {
    if (because === 'permitted-by-recipient' || because === 'permitted-by-auto-allow')
      return fact.value.permit?.id ?? []
    return because === 'blocked-by-recipient' ? (fact.value.block?.id ?? []) : []
  })
}
