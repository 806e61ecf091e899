// An archive in a folder of its own with its settings beside it, for tests that stop, break, back up and
// open it again.
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { loadBootConfig } from '@gatepost/server/boot/config.ts'
import { openArchive } from '@gatepost/server/control/archive/open.ts'
import { setArchive } from '@gatepost/server/control/archive/settings.ts'
import type { Scope } from '@gatepost/server/control/scope.ts'
import { silentEmit } from '@gatepost/server/events/emit.ts'
import { systemClock } from '@gatepost/server/platform/clock.ts'
import { ensureFolder } from '@gatepost/server/platform/files.ts'
import { ensureMasterKey, openSecretBox } from '@gatepost/server/platform/secret-box.ts'
import { openStore } from '@gatepost/server/store/open.ts'
import { addOrganisation, quietLink } from '../store/fixtures.ts'

export type Opened = Awaited<ReturnType<typeof openPlace>>

/** Opens settings and archive of a data folder. */
export async function openPlace(data: string) {
  const emit = silentEmit
  const clock = systemClock
  const config = loadBootConfig({ env: new Map([['GATEPOST_DATA', data]]), file: null })
  const master = join(data, 'keys', 'master.key')
  ensureFolder(join(data, 'keys'))
  if (!existsSync(master)) ensureMasterKey(master)
  const secrets = openSecretBox(master)
  const store = await openStore({ database: null, dataFolder: data, clock, emit })
  const archive = openArchive({ store, clock, emit, secrets, config })
  const deps = { store, clock, emit, secrets, config, archive, link: quietLink }
  return {
    ...deps,
    async close() {
      await archive.close()
      await store.close()
    },
  }
}

/** An organisation that archives. */
export async function withArchive(place: Opened): Promise<Scope> {
  const scope = await addOrganisation(place.store, 'Acme', 'acme.example')
  await setArchive(scope, { input: { enabled: true }, ifMatch: null }, place)
  return scope
}

/**
 * Puts message `name` into the archive; its subject is its name, its text does not shrink. What was written
 * before comes by the journal: what passes the gateway is as old as that.
 */
export async function put(
  { archive, clock }: Opened,
  tenantId: string,
  { name, octets = 2_000, at }: { name: string; octets?: number; at?: number },
) {
  const isOld = at !== undefined && clock.now() - at > 86_400_000
  const text = randomBytes(octets / 2).toString('hex')
  const content = Buffer.from(
    `From: ben@bright.example\r\nTo: ann@acme.example\r\nSubject: ${name}\r\nMessage-ID: <${name}@bright.example>\r\n` +
      `Date: ${new Date(at ?? clock.now()).toUTCString()}\r\n\r\nThe words of ${name}.\r\n${text}\r\n`,
  )
  const meta = {
    delivery: `msg_${name}`,
    tenantId,
    as: isOld ? 'journal' : 'gateway',
    direction: 'inbound',
    reversePath: 'ben@bright.example',
    forwardPaths: ['ann@acme.example'],
    isHeld: false,
    receivedAt: clock.now(),
    size: content.length,
  } as const
  return archive.take(meta, once(content))
}

/** Subjects of what a search finds. */
export async function subjects({ archive }: Opened, tenantId: string, text?: string): Promise<string[]> {
  const query = text === undefined ? {} : { text }
  const { found } = await archive.search(tenantId, {
    query,
    limit: 10_000,
    cursor: null,
    withSnippets: false,
  })
  return found.map(({ entry }) => entry.subject)
}

/** Verifies everything against what the settings remember. */
export async function verify({ archive, store }: Opened, tenantId: string) {
  await archive.flush()
  const row = await store.db
    .selectFrom('archive_setting')
    .select(['head_seq', 'head_hash'])
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  return archive.check(tenantId, { seq: row.head_seq, hash: row.head_hash })
}

/** Every file below the contents of a data folder. */
export function contentFiles(data: string): string[] {
  const folder = join(data, 'archive', 'content')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

async function* once(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  yield octets
}
