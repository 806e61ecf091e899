// An archive with a message, a hold, a rule and an export in it, for the tests of the walls.

import { join } from 'node:path'
import { addHold } from '@gatepost/server/control/archive/hold.ts'
import { searchArchive } from '@gatepost/server/control/archive/look.ts'
import { addRule, setArchive } from '@gatepost/server/control/archive/settings.ts'
import { insertExport } from '@gatepost/server/control/archive/store.ts'
import type { Scope } from '@gatepost/server/control/scope.ts'
import { openGrowingFile } from '@gatepost/server/platform/content-files.ts'
import { newId } from '@gatepost/server/platform/random.ts'
import type { TestControl } from '../control.ts'

/** Puts a message into an organisation's archive as an edge would; resolves once it is there. */
export async function archiveMessage(
  { deps }: TestControl,
  tenantId: string,
  message: {
    readonly content: string | Uint8Array
    readonly as?: 'gateway' | 'journal'
    readonly delivery?: string
    readonly reversePath?: string | null
    readonly forwardPaths?: readonly string[]
    readonly receivedAt?: number
  },
) {
  const { content, as = 'gateway', reversePath = 'bob@bright.example' } = message
  const octets = typeof content === 'string' ? Buffer.from(content.replaceAll(/\r?\n/g, '\r\n')) : content
  const now = deps.clock.now()
  const upload = {
    delivery: message.delivery ?? newId('msg', now),
    tenantId,
    as,
    direction: 'inbound',
    reversePath,
    forwardPaths: [...(message.forwardPaths ?? ['ann@acme.example'])],
    isHeld: false,
    receivedAt: message.receivedAt ?? now,
    size: octets.length,
  } as const
  return deps.archive.take(upload, chunksOf(octets))
}

async function* chunksOf(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  yield octets
}

/** Ids by the names in paths. */
export async function fillArchive(
  control: TestControl,
  tenantId: string,
): Promise<{ readonly [name: string]: string }> {
  const { deps } = control
  const scope: Scope = { tenantId, actor: { kind: 'system', name: 'test' }, from: 'internal' }
  await setArchive(scope, { input: { enabled: true, journalEnabled: true }, ifMatch: null }, deps)
  await archiveMessage(control, tenantId, {
    content: 'From: bob@bright.example\nTo: ann@acme.example\nSubject: Offer\n\nHello.\n',
  })
  const { items } = await searchArchive(scope, { limit: 1 }, deps)
  const view = await addRule(scope, { kind: 'domain', value: 'corp.example', days: 90 }, deps)
  const query = { person: 'eve@acme.example' }
  const hold = await addHold(scope, { name: 'Inquiry', reason: 'case 7', query }, deps)
  return {
    archived: items[0]!.id,
    archiveRule: view.rules[0]!.id,
    archiveHold: hold.id,
    archiveExport: await exported(control, tenantId),
  }
}

async function exported({ deps }: TestControl, tenantId: string): Promise<string> {
  const now = deps.clock.now()
  const id = newId('exp', now)
  const file = await openGrowingFile(join(deps.archive.folder, 'exports'), `${id}.mbox`)
  await file.write(Buffer.from('From a Sun Nov 22 00:00:00 2026\n\n'))
  await file.close()
  const row = {
    id,
    tenant_id: tenantId,
    format: 'mbox',
    query: '{}',
    reason: null,
    state: 'done',
    done: 1,
    total: 1,
    bytes: 33,
    left_out: 0,
    error: null,
    created_at: now,
    created_by: 'test',
    finished_at: now,
    expires_at: now + 86_400_000,
  } as const
  await deps.store.transaction((trx) => insertExport(trx, row))
  return id
}
