// The test of a domain's signing: a message is signed with every key in use and verified by what DNS says
// now.

import { createPrivateKey } from 'node:crypto'
import type { Check } from '@gatepost/contract/common.ts'
import { parseHeaderFields, splitMessage } from '@gatepost/mail/header.ts'
import { BodyHash } from '#authentication/body-hash.ts'
import { dkimSignature, MessageToSign } from '#authentication/sign.ts'
import { SIGNING_KEY_COLUMN } from '#link/signing-key.ts'
import type { Dns } from '#platform/dns-types.ts'
import { findDomain } from '../domain/store.ts'
import { problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { type KeyRow, keysOfDomain } from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'dns' | 'config' | 'secrets'>

/** Signs and verifies. Throws `not-found`. */
export async function testSigning(
  scope: Scope,
  reference: string,
  deps: Deps,
): Promise<{ readonly checks: Check[]; readonly passed: boolean }> {
  const { store, clock } = deps
  const domain = await findDomain(store.db, scope.tenantId, reference)
  if (!domain) throw problem('not-found', `“${reference}” is no domain of yours.`)
  const keys = (await keysOfDomain(store.db, scope.tenantId, domain.id)).filter(
    ({ state }) => state === 'active',
  )
  const checks: Check[] = []
  for (const row of keys) checks.push(await checkOf(row, deps))
  if (checks.length === 0) {
    const remedy = 'Make a key and publish its record; it signs as soon as the record is seen.'
    const common = { name: 'signing-key', title: 'A key signs', state: 'failed', nextCheckAt: null } as const
    checks.push({ ...common, saw: `No key of ${domain.name} is in use.`, remedy, checkedAt: clock.now() })
  }
  return { checks, passed: checks.every(({ state }) => state === 'passed') }
}

async function checkOf(row: KeyRow, { clock, dns, config, secrets }: Deps): Promise<Check> {
  const now = clock.now()
  const common = {
    name: `signature-${row.selector}`,
    title: `A message signed with ${row.selector} verifies`,
    checkedAt: now,
    nextCheckAt: null,
  }
  const failed = (saw: string, remedy: string): Check => ({ ...common, state: 'failed', saw, remedy })
  try {
    const place = { tenantId: row.tenant_id, column: SIGNING_KEY_COLUMN, id: row.id }
    const key = createPrivateKey(secrets.open(row.private_key ?? '', place))
    const content = Buffer.from(sampleOf(row.domain, now))
    const { headerBytes, bodyOffset } = splitMessage(content)
    const fields = parseHeaderFields(headerBytes)
    if (!fields.ok) throw new Error(fields.fault)
    const body = new BodyHash({ canon: 'relaxed', algorithm: 'sha256', length: null })
    body.write(content.subarray(bodyOffset))
    const message = new MessageToSign(fields.value, body.digest().hash)
    const signature = await dkimSignature(message, { ...row, key }, now)
    const signed = Buffer.concat([Buffer.from(signature), content])
    const fresh: Dns = { ...dns, query: (query) => dns.query({ ...query, fresh: true }) }
    // At first use, as for SPF: control verifies nothing else.
    const { Authenticator } = await import('#authentication/authenticator.ts')
    const tap = new Authenticator({ dns: fresh, clock, hostname: config.hostname }).tap(signed)
    tap?.write(signed)
    const [found] = (await tap?.finish())?.dkim ?? []
    if (found?.result === 'pass') {
      return {
        ...common,
        state: 'passed',
        saw: `Verified with the record in DNS (${row.algorithm}).`,
        remedy: null,
      }
    }
    const saw = `${found?.result ?? 'none'}${found?.reason ? `: ${found.reason}` : ''}`
    return failed(saw, `Enter the record of ${row.selector} as shown; nothing else may stand at its name.`)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return failed(why, 'Make a new key: this one cannot be used.')
  }
}

function sampleOf(domain: string, now: number): string {
  const fields = [
    `From: Gatepost test <postmaster@${domain}>`,
    `To: postmaster@${domain}`,
    'Subject: Test of signing',
    `Date: ${new Date(now).toUTCString()}`,
    `Message-ID: <${now}@${domain}>`,
  ]
  return `${fields.join('\r\n')}\r\n\r\nThis message is signed and verified, and goes nowhere.\r\n`
}
