// Our own outbound log as a source of contacts: no other system is asked, no mailbox is touched.
import { isAutomaticSubject } from '@gatepost/contacts/automatic.ts'
import type { Page, Source } from '@gatepost/contacts/source.ts'
import { dayName, dayOf, dayOfName } from '../tracking/days.ts'
import type { Tracking } from '../tracking/tracking.ts'

const PAGE_SIZE = 1_000

/** The log of an organisation, a day a part. */
export function createGatewaySource(
  tenantId: string,
  { since, until }: { readonly since: number | null; readonly until: number },
  tracking: Pick<Tracking, 'outboundLetters' | 'days'>,
): Source {
  return {
    kind: 'gateway',
    async parts() {
      const first = since === null ? 0 : dayOf(since)
      const days = (await tracking.days()).filter((day) => day >= first && day <= dayOf(until))
      return days.toSorted((a, b) => a - b).map((day) => ({ id: dayName(day), title: dayName(day) }))
    },
    async *read(part, from, signal): AsyncGenerator<Page> {
      const day = dayOfName(part.id)
      let after = from
      for (;;) {
        signal.throwIfAborted()
        const rows =
          day === null ? [] : await tracking.outboundLetters(tenantId, { day, after, limit: PAGE_SIZE })
        after = rows.at(-1)?.id ?? after
        const isLast = rows.length < PAGE_SIZE
        const sent = rows.filter(({ at }) => at < until)
        yield {
          letters: sent.map((row) => ({
            author: row.author ?? row.reversePath,
            owner: row.reversePath,
            recipients: row.recipients,
            at: row.at,
            isAutomatic: row.reversePath === null || isAutomaticSubject(row.subject),
          })),
          seen: sent.length,
          total: null,
          next: isLast ? null : after,
        }
        if (isLast) return
      }
    },
    close: () => Promise.resolve(),
  }
}
