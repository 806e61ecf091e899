// What store tests share: a store with two organisations, a link that only counts, and reports as edges send
// them.

import { SignInAttempts } from '@gatepost/server/control/auth/attempts.ts'
import type { AuthDeps } from '@gatepost/server/control/auth/auth.ts'
import { noDirectory } from '@gatepost/server/control/auth/deps.ts'
import { createPasswords } from '@gatepost/server/control/auth/password.ts'
import type { Actor, ControlDeps, EdgeLink, Scope } from '@gatepost/server/control/scope.ts'
import { insertTenant } from '@gatepost/server/control/tenant/tenant.ts'
import { silentEmit } from '@gatepost/server/events/emit.ts'
import { reportText } from '@gatepost/server/link/report-text.ts'
import type { AcceptedReport, DeliveryReport, RefusedReport, Report } from '@gatepost/server/link/reports.ts'
import { type Clock, systemClock } from '@gatepost/server/platform/clock.ts'
import { newId } from '@gatepost/server/platform/random.ts'
import { createSecretBox } from '@gatepost/server/platform/secret-box.ts'
import { openStore, type Store } from '@gatepost/server/store/open.ts'
import { acrossTenants } from '@gatepost/server/store/tenant-guard.ts'
import type { Place } from './databases.ts'

export const START = Date.UTC(2026, 10, 21, 12)

/** Time that moves only when a test says so; waiting is real. */
export function steadyClock(start = START): Clock & { add(ms: number): void } {
  let now = start
  return {
    now: () => now,
    sleep: systemClock.sleep,
    add(ms) {
      now += ms
    },
  }
}

export const quietLink: EdgeLink = {
  order: () => Promise.reject(new Error('no edges in this test')),
  orderFor: () => Promise.reject(new Error('no edges in this test')),
  orderAll: async () => ({ answers: [], unreachable: [] }),
  edges: () => [],
  version: () => 1,
  coveringVersion: () => 1,
  settingsChanged: () => {},
}

export type Deps = Pick<ControlDeps, 'store' | 'clock' | 'emit' | 'link' | 'config' | 'secrets'> & AuthDeps

export async function withStore(
  place: Place,
  work: (deps: Deps, clock: ReturnType<typeof steadyClock>) => Promise<void>,
): Promise<void> {
  const clock = steadyClock()
  const store = await openStore({ ...place, clock, emit: silentEmit })
  const passwords = createPasswords()
  const config = { hostname: 'mx.gate.example' } as ControlDeps['config']
  try {
    await work(
      {
        store,
        clock,
        emit: silentEmit,
        link: quietLink,
        config,
        passwords,
        secrets: createSecretBox(),
        attempts: new SignInAttempts(clock),
        directorySignIn: noDirectory,
        url: 'http://localhost:8080/',
      },
      clock,
    )
  } finally {
    await store.close()
  }
}

export const anna: Extract<Actor, { kind: 'person' }> = { kind: 'person', id: 'adm_anna', name: 'Anna' }

/** An organisation with its primary domain validated. */
export async function addOrganisation(store: Store, name: string, domain: string): Promise<Scope> {
  await store.db
    .insertInto('person')
    .values({
      id: anna.id,
      email: 'anna@acme.example',
      email_key: 'anna@acme.example',
      name: anna.name,
      password: '',
      operator: 1,
      created_at: START,
      updated_at: START,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const emergencyContact = { name: 'Anna', email: 'anna@acme.example', phone: '' }
  const input = { name, primaryDomain: domain, environment: 'on-premises', emergencyContact } as const
  const { id } = await store.transaction((trx) =>
    insertTenant(trx, { actor: anna, from: '192.0.2.1', input, inputPath: '', now: START }),
  )
  await acrossTenants(store.db)
    .updateTable('domain')
    .set({ validated_at: START })
    .where('tenant_id', '=', id)
    .execute()
  return { tenantId: id, actor: anna, from: '192.0.2.1' }
}

const client = { ip: '198.51.100.7', name: 'mail.sender.example', helo: 'mail.sender.example', tls: null }

export function accepted(tenantId: string, change: Partial<AcceptedReport> = {}): AcceptedReport {
  const at = change.at ?? START
  return {
    kind: 'accepted',
    id: newId('msg', at),
    at,
    tenantId,
    direction: 'inbound',
    origin: 'smtp',
    client,
    reversePath: 'bob@sender.example',
    author: 'bob@sender.example',
    subject: 'Quarterly report',
    messageIdField: '<abc-123@sender.example>',
    size: 4096,
    recipients: [{ index: 0, forwardPath: 'anna@acme.example', explanation: [], facts: {} }],
    explanation: [],
    facts: {},
    verdict: 'accept',
    settingsRevision: 1,
    ...change,
  }
}

export function refused(change: Partial<RefusedReport> = {}): RefusedReport {
  const at = change.at ?? START
  return {
    kind: 'refused',
    id: newId('msg', at),
    at,
    tenantId: null,
    direction: null,
    outcome: 'deferred',
    client,
    reversePath: 'anna@acme.example',
    forwardPath: 'friend@elsewhere.example',
    author: null,
    subject: null,
    messageIdField: null,
    reply: { code: 451, status: '4.7.1', text: 'Open relay not allowed' },
    explanation: [
      {
        policy: 'relay',
        stage: 'rcpt',
        kind: 'defer',
        because: 'address-not-authorized',
        saw: 'client 198.51.100.7',
      },
      {
        policy: 'recipient-validation',
        stage: 'rcpt',
        kind: 'not-asked',
        because: 'policy-not-asked',
        saw: '',
      },
    ],
    facts: {},
    settingsRevision: null,
    count: 1,
    ...change,
  }
}

export function delivery(message: AcceptedReport, change: Partial<DeliveryReport> = {}): DeliveryReport {
  const at = change.at ?? message.at + 250
  return {
    kind: 'delivery',
    id: newId('opr', at),
    messageId: message.id,
    tenantId: message.tenantId,
    at,
    recipients: message.recipients.map(({ index }) => index),
    outcome: 'delivered',
    attempt: 1,
    nextAttemptAt: null,
    nextHop: { host: 'exchange.acme.example', ip: '10.0.0.5', port: 25 },
    tls: null,
    reply: { code: 250, status: '2.0.0', text: 'Ok: queued' },
    durationMs: 120,
    dsnId: null,
    ...change,
  }
}

/** The body of POST /v1/reports as edges write it. */
export function batchOf(reports: readonly Report[], first = 1): Buffer {
  const lines = reports.map((report, at) => `{"sequence":${first + at},"report":${reportText(report)}}`)
  return Buffer.from(`{"node":"node-1","slot":0,"reports":[\n${lines.join(',\n')}\n]}`)
}

/** The same as edges wrote it until November 2026. */
export function longBatchOf(reports: readonly object[], first = 1): Buffer {
  const numbered = reports.map((report, at) => ({ sequence: first + at, report }))
  return Buffer.from(JSON.stringify({ node: 'node-1', slot: 0, reports: numbered }))
}
