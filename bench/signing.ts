// What a signature costs a message: CPU and time of the stamp alone, by keys and by size, and of an ARC seal.
// `node bench/signing.ts`

import { makeKeyPair } from '@gatepost/server/control/signing/keys.ts'
import { settingsOf } from '@gatepost/server/delivery/delivery.fixture.ts'
import { createStamper } from '@gatepost/server/delivery/stamp.ts'
import { SIGNING_KEY_COLUMN } from '@gatepost/server/link/signing-key.ts'
import { createSecretBox } from '@gatepost/server/platform/secret-box.ts'
import type { SealedKey } from '@gatepost/server/policy/settings.ts'
import type { Envelope } from '@gatepost/server/spool/spool.ts'

const secrets = createSecretBox()
const rsa = await sealedKey('rsa-sha256')
const ed25519 = await sealedKey('ed25519-sha256')
const HEADER =
  'From: Ann <ann@acme.example>\r\nTo: Bob <bob@far.example>\r\nSubject: A usual subject\r\n' +
  'Date: Sun, 22 Nov 2026 03:00:00 +0000\r\nMessage-ID: <1@acme.example>\r\nMIME-Version: 1.0\r\n' +
  'Content-Type: text/plain; charset=utf-8\r\nReferences: <a@far.example> <b@acme.example>\r\n\r\n'
/** Stamps under way at one time: as many as a worker delivers side by side. */
const SIDE_BY_SIDE = 8

async function sealedKey(algorithm: SealedKey['algorithm']): Promise<SealedKey> {
  const id = `key_${algorithm}`
  const { privateKey } = await makeKeyPair(algorithm)
  const sealed = secrets.seal(privateKey, { tenantId: 'ten_1', column: SIGNING_KEY_COLUMN, id })
  return { id, domain: 'acme.example', selector: 'gp20261122r', algorithm, sealed }
}

function contentOf(bytes: number): Uint8Array {
  const line = 'A line of text as people write it, with words and spaces in between.\r\n'
  return Buffer.from(HEADER + line.repeat(Math.ceil(bytes / line.length)))
}

async function measure(
  name: string,
  keys: readonly SealedKey[],
  about: { bytes: number; count: number; arc?: true },
) {
  const settings = settingsOf([], { signing: { keys, seals: 'all' } })
  const stamper = createStamper({
    settingsOf: () => settings,
    tenantOfDomain: () => null,
    secrets,
    clock: { now: () => Date.now() },
    emit: () => {},
  })
  const results =
    'Authentication-Results: gate.example;\r\n\tspf=pass smtp.mailfrom=acme.example;\r\n\tdkim=none\r\n'
  const envelope = {
    id: 'msg_1',
    tenantId: 'ten_1',
    direction: about.arc ? 'inbound' : 'outbound',
    reversePath: 'ann@acme.example',
    recipients: [{ forwardPath: 'bob@far.example' }],
    traceFields: about.arc ? results : '',
  } as unknown as Envelope
  const content = contentOf(about.bytes)
  const run = async (count: number): Promise<void> => {
    let left = count
    const one = async (): Promise<void> => {
      while (left-- > 0) await stamper(envelope, [content])
    }
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, one))
  }
  await run(Math.min(200, about.count))
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  await run(about.count)
  const ms = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpu)
  const cpuMs = (user + system) / 1_000
  const row = [
    name,
    `${about.bytes}`,
    `${(cpuMs / about.count).toFixed(3)}`,
    `${(ms / about.count).toFixed(3)}`,
    `${Math.round((about.count / ms) * 1_000)}`,
  ]
  process.stdout.write(`| ${row.join(' | ')} |\n`)
}

process.stdout.write(
  '| keys | body bytes | CPU ms a message | ms a message | messages/s |\n|---|---|---|---|---|\n',
)
await measure('RSA-2048 and Ed25519', [rsa, ed25519], { bytes: 8_192, count: 3_000 })
await measure('RSA-2048', [rsa], { bytes: 8_192, count: 3_000 })
await measure('Ed25519', [ed25519], { bytes: 8_192, count: 6_000 })
await measure('RSA-2048 and Ed25519', [rsa, ed25519], { bytes: 1_024, count: 3_000 })
await measure('RSA-2048 and Ed25519', [rsa, ed25519], { bytes: 10_485_760, count: 40 })
await measure('ARC seal, RSA-2048', [rsa], { bytes: 8_192, count: 2_000, arc: true })
