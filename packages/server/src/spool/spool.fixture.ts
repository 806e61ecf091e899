// Messages and spools for tests: made here, so that the tests say only what they are about.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventFields } from '#events/emit.ts'
import { EVERYTHING } from '#link/queue-orders.ts'
import type { AcceptedReport, DeliveryReport, RefusedReport } from '#link/reports.ts'
import { systemClock } from '#platform/clock.ts'
import { newId } from '#platform/random.ts'
import { type OpenSpoolOptions, openSpool } from './open.ts'
import type { QueueChange } from './queue-wire.ts'
import type { Envelope, Settlement } from './spool.ts'
import type { ThreadSpool } from './thread-spool.ts'

export type Bench = {
  readonly folder: string
  readonly events: { readonly name: string; readonly fields: EventFields }[]
  open(options?: Partial<OpenSpoolOptions>, slot?: number): Promise<ThreadSpool>
  remove(): Promise<void>
}

/** A temporary folder whose spools are opened with recorded events. */
export function createBench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-spool-'))
  const events: { name: string; fields: EventFields }[] = []
  const opened: ThreadSpool[] = []
  return {
    folder,
    events,
    open: async (options = {}, slot = 0) => {
      const spool = await openSpool(folder, slot, {
        clock: systemClock,
        emit: (name, fields = {}) => events.push({ name, fields }),
        ...options,
      })
      opened.push(spool)
      return spool
    },
    remove: async () => {
      for (const spool of opened) await spool.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function envelopeOf(changes: Partial<Envelope> = {}, forwardPaths = ['ann@acme.example']): Envelope {
  return {
    id: newId('msg', Date.now()),
    tenantId: 'ten_1',
    direction: 'inbound',
    reversePath: 'bob@sender.example',
    parameters: { body: '8BITMIME', smtpUtf8: false, requireTls: false, ret: null, envelopeId: null },
    recipients: forwardPaths.map((forwardPath, index) => ({
      index,
      forwardPath,
      originalRecipient: null,
      notify: null,
      state: 'queued',
    })),
    receivedAt: Date.now(),
    size: 20,
    traceFields: 'Received: from test\r\n',
    cuts: [],
    dsnAllowed: true,
    ...changes,
  }
}

export function acceptedOf(envelope: Envelope): AcceptedReport {
  return {
    kind: 'accepted',
    id: newId('rep', envelope.receivedAt),
    at: envelope.receivedAt,
    tenantId: envelope.tenantId,
    direction: envelope.direction,
    origin: 'smtp',
    client: null,
    reversePath: envelope.reversePath,
    author: null,
    subject: null,
    messageIdField: null,
    size: envelope.size,
    recipients: [],
    explanation: [],
    facts: {},
    verdict: 'accept',
    settingsRevision: 1,
  }
}

export function settlementOf(
  messageId: string,
  recipients: readonly number[],
  outcome: Settlement['outcome'],
): Settlement {
  const report: DeliveryReport = {
    kind: 'delivery',
    id: newId('rep', Date.now()),
    messageId,
    tenantId: 'ten_1',
    at: Date.now(),
    recipients,
    outcome: outcome.kind,
    attempt: 1,
    nextAttemptAt: null,
    nextHop: null,
    tls: null,
    reply: { code: 250, status: '2.0.0', text: 'ok' },
    durationMs: 1,
    dsnId: null,
  }
  return { messageId, recipients, outcome, report }
}

/** What a person asks for. */
export function changeOf(
  action: QueueChange['action'],
  messageIds: readonly string[],
  changes: Partial<QueueChange> = {},
): QueueChange {
  return {
    action,
    tenantId: 'ten_1',
    by: 'Ada',
    reason: null,
    routeId: null,
    messageIds,
    filter: EVERYTHING,
    now: Date.now(),
    ...changes,
  }
}

export function refusedOf(id: string): RefusedReport {
  return {
    kind: 'refused',
    id,
    at: 1,
    tenantId: null,
    direction: null,
    outcome: 'refused',
    client: { ip: '192.0.2.1', name: null, helo: 'x', tls: null },
    reversePath: null,
    forwardPath: null,
    author: null,
    subject: null,
    messageIdField: null,
    reply: { code: 550, status: '5.1.1', text: 'no' },
    explanation: [],
    facts: {},
    settingsRevision: null,
    count: 1,
  }
}

export function contentOf(text = 'Subject: hi\r\n\r\nhello\r\n') {
  return { kind: 'memory', chunks: [Buffer.from(text)] } as const
}

export async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts).toString('latin1')
}
