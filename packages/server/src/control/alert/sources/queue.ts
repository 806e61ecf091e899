// Alerts from what waits on the edges: a mail host that takes nothing, and mail that is too old.
import type { Said } from '@gatepost/contract/saying.ts'
import { say } from '@gatepost/contract/sayings.ts'
import type { QueuedMessage } from '#link/queue-orders.ts'
import { isLoginFault } from '#link/route-login.ts'
import { newId } from '#platform/random.ts'
import type { NewAlert } from '../alert.ts'
import { inboundRoutes, organisations, routedDomains } from './kept-store.ts'
import type { Found, Source, SourceDeps } from './source.ts'

const MINUTE_MS = 60_000
/** A host that restarts is back by then, and mail was tried a few times. */
const DOWN_MS = 10 * MINUTE_MS
const ATTEMPTS_MIN = 2
/** Mail for one's own people should be there within minutes. */
const OLD_MS = 60 * MINUTE_MS
/** One slow host outside is its own matter; this many at once is ours. */
const DESTINATIONS_MIN = 3
/** Read of each organisation: the oldest ones tell. */
const MESSAGES_READ = 100
const ANSWER_MS_MAX = 5_000
/** Organisations asked at once; edges read their spools for each. */
const AT_ONCE = 4

export const queueSource: Source = {
  name: 'queue',
  kinds: ['route-down', 'queue-age'],
  everyMs: 30_000,
  async look(deps, now) {
    const waiting = [...(await organisations(deps.store.db))]
    const wrong: NewAlert[] = []
    const unsure = new Set<string>()
    const worker = async (): Promise<void> => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        const items = await waitingOf(one.id, deps)
        if (items === null) unsure.add(one.id)
        else if (items.length > 0 && one.delivery_paused === 0)
          wrong.push(...(await judge(one, { items, now }, deps)))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    return { wrong, stays: ({ tenant_id }) => unsure.has(tenant_id) } satisfies Found
  },
}

/** The oldest queued mail of an organisation; null when no edge answers. */
async function waitingOf(
  tenantId: string,
  { link, clock }: Pick<SourceDeps, 'link' | 'clock'>,
): Promise<readonly QueuedMessage[] | null> {
  const filter = { state: 'queued', domain: null, search: null } as const
  const id = newId('ord', clock.now())
  const order = { kind: 'queue-list', id, tenantId, filter, after: null, limit: MESSAGES_READ } as const
  const { answers } = await link.orderAll(order, ANSWER_MS_MAX)
  const parts = answers.flatMap(({ result }) => (result.kind === 'queue-list' ? [result.items] : []))
  return parts.length === 0 ? null : parts.flat()
}

type Organisation = Awaited<ReturnType<typeof organisations>>[number]
type Waiting = { readonly items: readonly QueuedMessage[]; readonly now: number }

async function judge(
  { id: tenantId, slug }: Organisation,
  { items, now }: Waiting,
  { store }: SourceDeps,
): Promise<readonly NewAlert[]> {
  const [routes, domains] = await Promise.all([
    inboundRoutes(store.db, tenantId),
    routedDomains(store.db, tenantId),
  ])
  const usual = routes.find(({ default_for: of }) => of === 'inbound')
  const smartHost = routes.find(({ default_for: of }) => of === 'outbound')
  const byDomain = new Map(domains.map(({ name, route_id }) => [name, route_id]))
  const down = new Map<string, { count: number; readonly reply: string; readonly since: number }>()
  const late = { inbound: 0, outbound: new Set<string>(), oldest: now }
  for (const message of items) {
    for (const recipient of message.recipients) {
      if (recipient.paused) continue
      const domain = recipient.forwardPath.slice(recipient.forwardPath.lastIndexOf('@') + 1).toLowerCase()
      const since = recipient.firstAttemptAt ?? message.receivedAt
      const reply = recipient.lastReply ?? ''
      const isInbound = message.direction === 'inbound'
      // Elsewhere a host outside may have its reasons; a login that is wrong is always ours to mend.
      if (isInbound || isLoginFault(reply)) {
        const chosen = recipient.routeId ?? (isInbound ? byDomain.get(domain) : null)
        const route = routes.find(({ id }) => id === chosen) ?? (isInbound ? usual : smartHost)
        if (route && recipient.attempts >= ATTEMPTS_MIN && now - since >= DOWN_MS) {
          const known = down.get(route.host)
          if (known) known.count += 1
          else down.set(route.host, { count: 1, reply, since })
        }
      }
      if (now - message.receivedAt < OLD_MS) continue
      late.oldest = Math.min(late.oldest, message.receivedAt)
      if (message.direction === 'inbound') late.inbound += 1
      else late.outbound.add(domain)
    }
  }
  const link = `/t/${slug}/queue?state=queued`
  return [
    ...[...down].map(([host, { count, reply, since }]): NewAlert => {
      return {
        tenantId,
        kind: 'route-down',
        subject: host,
        severity: 'critical',
        text: say('alert.host-down', {
          host,
          span: spanOf(now - since),
          number: count,
          reply: reply === '' ? say('alert.nothing') : reply,
        }),
        remedy: say(isLoginFault(reply) ? 'alert.correct-login' : 'alert.look-at-host'),
        link: `/t/${slug}/routes`,
      }
    }),
    ...(late.inbound > 0
      ? [lateAlert(tenantId, { subject: 'inbound', count: late.inbound, oldest: now - late.oldest, link })]
      : []),
    ...(late.outbound.size >= DESTINATIONS_MIN
      ? [
          lateAlert(tenantId, {
            subject: 'outbound',
            count: late.outbound.size,
            oldest: now - late.oldest,
            link,
          }),
        ]
      : []),
  ]
}

function lateAlert(
  tenantId: string,
  {
    subject,
    count,
    oldest,
    link,
  }: {
    readonly subject: 'inbound' | 'outbound'
    readonly count: number
    readonly oldest: number
    readonly link: string
  },
): NewAlert {
  return {
    tenantId,
    kind: 'queue-age',
    subject,
    subjectSaid: say(`subject.${subject}`),
    severity: 'warning',
    text: say(`alert.late-${subject}`, { number: count, span: spanOf(oldest) }),
    remedy: say('alert.open-queue'),
    link,
  }
}

function spanOf(ms: number): Said {
  const count = Math.floor(ms / MINUTE_MS)
  return count < 120 ? say('span.minutes', { count }) : say('span.hours', { count: Math.floor(count / 60) })
}
