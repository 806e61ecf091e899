// What an edge does when control asks: tests a route, takes control's own mail into the spool, makes a
// message due.
import { withCrlf } from '@gatepost/mail/line-endings.ts'
import type { QueueTools } from '#delivery/queue-tools.ts'
import type { Emit } from '#events/emit.ts'
import type { ExplainOrder } from '#link/explain-orders.ts'
import type { GreylistOrder, GreylistResult } from '#link/greylist-orders.ts'
import type { SettingsDirectory } from '#link/holder.ts'
import type { Order, OrderResult } from '#link/orders.ts'
import type { QueueActOrder } from '#link/queue-orders.ts'
import type { AcceptedReport } from '#link/reports.ts'
import type { SelfProbeOrder } from '#link/self-orders.ts'
import type { TlsProbeOrder } from '#link/tls-orders.ts'
import type { Clock } from '#platform/clock.ts'
import { newId } from '#platform/random.ts'
import type { Content, Envelope, Spool } from '#spool/spool.ts'

type Deps = {
  readonly clock: Clock
  readonly emit: Emit
  readonly spool: Spool
  readonly current: () => SettingsDirectory | null
  readonly probeRoute: (order: Extract<Order, { kind: 'probe-route' }>) => Promise<OrderResult>
  readonly probeTls: (order: TlsProbeOrder) => Promise<OrderResult>
  readonly probeSelf: (order: SelfProbeOrder) => Promise<OrderResult>
  readonly retryNow: (messageId: string) => Promise<number>
  readonly backup: (order: Extract<Order, { kind: 'backup' }>) => Promise<OrderResult>
  readonly queue: Pick<QueueTools, 'list' | 'act' | 'totals' | 'content'>
  readonly greylist: (order: GreylistOrder) => Promise<GreylistResult>
  readonly explain: (order: ExplainOrder) => Promise<OrderResult>
  readonly onAccepted: (envelope: Envelope, content: Content) => void
}

/** Carries one order out. Rejections become `failed` results. */
export async function carryOut(order: Order, deps: Deps): Promise<OrderResult> {
  switch (order.kind) {
    case 'probe-route':
      return deps.probeRoute(order)
    case 'probe-tls':
      return deps.probeTls(order)
    case 'probe-self':
      return deps.probeSelf(order)
    case 'retry':
      return { kind: 'retry', recipients: await deps.retryNow(order.messageId) }
    case 'queue-list':
      return deps.queue.list(order)
    case 'queue-totals':
      return deps.queue.totals(order)
    case 'fetch-content':
      return deps.queue.content(order)
    case 'queue-act':
      return actOnQueue(order, deps)
    case 'greylist-list':
    case 'greylist-decide':
      return deps.greylist(order)
    case 'explain':
      return deps.explain(order)
    case 'backup':
      return deps.backup(order)
    case 'submit':
      return { kind: 'submit', messageId: await submit(order, deps) }
  }
}

/** A route is the tenant's own, or nobody's: control has looked, and the edge looks again. */
async function actOnQueue(order: QueueActOrder, { current, queue, emit }: Deps): Promise<OrderResult> {
  const { tenantId, action, by, routeId } = order
  const routes = current()?.settings(tenantId)?.routes ?? []
  if (routeId !== null && !routes.some(({ id }) => id === routeId)) {
    throw new Error('this route of the organisation is not known here yet')
  }
  const acted = await queue.act(order)
  const { messages, recipients } = acted
  if (messages + acted.withheld > 0)
    emit('delivery.queue.changed', { tenantId, action, by, messages, recipients })
  return acted
}

/** Accepts a message of control like any other: durable first, then delivered by the tenant's routes. */
async function submit(order: Extract<Order, { kind: 'submit' }>, deps: Deps): Promise<string> {
  const settings = deps.current()?.settings(order.tenantId)
  if (!settings) throw new Error('the settings of this organisation are not here yet')
  const at = deps.clock.now()
  // As strict as with anybody else: what we send never holds a bare CR or LF.
  const bytes = withCrlf(Buffer.from(order.content, 'base64'))
  const own = new Set(settings.domains.map(({ name }) => name))
  const isInbound = order.forwardPaths.every((path) =>
    own.has(path.slice(path.lastIndexOf('@') + 1).toLowerCase()),
  )
  const envelope: Envelope = {
    id: newId('msg', at),
    tenantId: order.tenantId,
    direction: isInbound ? 'inbound' : 'outbound',
    reversePath: order.reversePath,
    parameters: { body: '8BITMIME', smtpUtf8: false, requireTls: false, ret: null, envelopeId: null },
    recipients: order.forwardPaths.map((forwardPath, index) => ({
      index,
      forwardPath,
      originalRecipient: null,
      notify: null,
      state: 'queued',
    })),
    receivedAt: at,
    size: bytes.length,
    traceFields: '',
    cuts: [],
    dsnAllowed: false,
    isOurs: true,
  }
  const content: Content = { kind: 'memory', chunks: [bytes] }
  await deps.spool.commitMessage(envelope, content, reportOf(envelope, settings.revision))
  deps.onAccepted(envelope, content)
  return envelope.id
}

function reportOf(envelope: Envelope, settingsRevision: number): AcceptedReport {
  return {
    kind: 'accepted',
    id: envelope.id,
    at: envelope.receivedAt,
    tenantId: envelope.tenantId,
    direction: envelope.direction,
    origin: 'control',
    client: null,
    reversePath: envelope.reversePath,
    author: null,
    subject: null,
    messageIdField: null,
    size: envelope.size,
    recipients: envelope.recipients.map(({ index, forwardPath }) => ({
      index,
      forwardPath,
      explanation: [],
      facts: {},
    })),
    explanation: [],
    facts: {},
    verdict: 'accept',
    settingsRevision,
  }
}
