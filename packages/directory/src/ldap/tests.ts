// The named tests of a connector that reads by LDAP, each with what was seen and what to do next (C2, D3).
import { type DirectoryCheck, DirectoryFault, type DirectoryStep } from '../entry.ts'
import { accountRemarks } from './account.ts'
import { type ShownCertificate, shownCertificate } from './certificate.ts'
import { openChannel } from './channel.ts'
import { LdapClient } from './client.ts'
import type { LdapEffects } from './options.ts'
import { type LdapReading, lookUpAddress } from './reader.ts'
import { groupFilter, type LdapServer, meetServer, peopleFilter } from './server.ts'

export const LDAP_STEPS: readonly DirectoryStep[] = [
  'resolve',
  'connect',
  'tls',
  'sign-in',
  'permission',
  'list',
  'look-up',
]

export type LdapTestEvent =
  | { readonly kind: 'check'; readonly check: DirectoryCheck }
  | { readonly kind: 'certificate'; readonly certificate: ShownCertificate }

/** Enough to meet a limit of size; reading a large directory whole takes its time in the first preview. */
const COUNTED_MAX = 20_000

/** Runs the tests in their order; ends behind the first that failed. Throws only when `signal` is aborted. */
export async function* testLdap(
  input: { readonly reading: LdapReading; readonly address: string | null },
  effects: LdapEffects,
  signal: AbortSignal,
): AsyncGenerator<LdapTestEvent> {
  const { reading, address } = input
  const seen: LdapTestEvent[] = []
  const note = (step: DirectoryStep, saw: string): void => {
    seen.push(result(step, 'passed', saw))
  }
  let client: LdapClient | null = null
  try {
    if (reading.encryption !== 'none') yield* certificateOf(reading, effects, signal)
    const channel = await openChannel(reading, effects, { signal, note })
    client = new LdapClient(channel.socket)
    yield* lastOfEach(seen)
    yield tlsRemark(reading)
    yield* signedIn(client, reading)
    const server = await meetServer(client, reading)
    yield* permitted(client, server, { reading, now: effects.now() })
    yield* listed(client, server, reading)
    yield* lookedUp(client, server, { reading, address })
  } catch (error) {
    signal.throwIfAborted()
    if (client === null) yield* lastOfEach(seen)
    if (!(error instanceof DirectoryFault)) throw error
    yield failed(error)
  } finally {
    await client?.close()
  }
}

/** The certificate is shown whatever becomes of it, so that it can be confirmed. */
async function* certificateOf(
  reading: LdapReading,
  effects: LdapEffects,
  signal: AbortSignal,
): AsyncGenerator<LdapTestEvent> {
  const channel = await openChannel(reading, effects, { signal, judge: false }).catch(() => null)
  if (channel === null) return
  channel.socket.destroy()
  if (channel.certificate !== null)
    yield { kind: 'certificate', certificate: shownCertificate(channel.certificate) }
}

/** With an alternate host a step may have been tried twice: what counts is the last. */
function* lastOfEach(seen: readonly LdapTestEvent[]): Generator<LdapTestEvent> {
  const last = new Map(
    seen.flatMap((event) => (event.kind === 'check' ? [[event.check.step, event] as const] : [])),
  )
  yield* last.values()
}

function tlsRemark({ encryption, certificate, host }: LdapReading): LdapTestEvent {
  if (encryption === 'none')
    return result(
      'tls',
      'warning',
      'Nothing is encrypted: name, password and all entries travel in the clear.',
      'Choose TLS on port 636 or StartTLS on port 389.',
    )
  if (certificate === 'relaxed')
    return result(
      'tls',
      'warning',
      `Encrypted, but the certificate of ${host} is not checked.`,
      'Choose “strict”, or “pinned” and confirm the fingerprint.',
    )
  return result(
    'tls',
    'passed',
    `Encrypted; the certificate is ${certificate === 'strict' ? 'checked' : 'the confirmed one'}.`,
  )
}

async function* signedIn(client: LdapClient, reading: LdapReading): AsyncGenerator<LdapTestEvent> {
  await client.signIn(reading.userName, reading.password)
  yield result('sign-in', 'passed', `Signed in as ${reading.userName}.`)
}

async function* permitted(
  client: LdapClient,
  server: LdapServer,
  { reading, now }: { readonly reading: LdapReading; readonly now: number },
): AsyncGenerator<LdapTestEvent> {
  const { base, isActiveDirectory } = server
  const filter = '(objectClass=*)'
  const [root] = await client.some(
    'permission',
    { base, scope: 'base', filter, attributes: ['objectClass'] },
    1,
  )
  if (root === undefined)
    throw new DirectoryFault({
      step: 'permission',
      code: 'no-rights',
      saw: `The account sees nothing at ${base}.`,
      remedy: 'Check the base DN, and give the account the right to read below it.',
    })
  const remarks = await accountRemarks(client, server, { userName: reading.userName, now })
  const kind = isActiveDirectory ? 'Active Directory' : 'An LDAP directory'
  const saw = `${kind}; the account may read ${base}.`
  if (remarks === null) yield result('permission', 'passed', saw)
  else yield result('permission', 'warning', `${saw} ${remarks.saw}`, remarks.remedy)
}

async function* listed(
  client: LdapClient,
  server: LdapServer,
  reading: LdapReading,
): AsyncGenerator<LdapTestEvent> {
  const people = await count(client, server.base, peopleFilter(server, reading))
  const groups = await count(client, server.base, groupFilter(server))
  if (people === 0)
    throw new DirectoryFault({
      step: 'list',
      code: 'empty-base',
      saw: `Nobody with an address stands below ${server.base}${reading.filter ? ' within the filter' : ''}.`,
      remedy:
        'Check base DN and filter. An account without the right to read mail addresses sees nobody either.',
    })
  yield result('list', 'passed', `${words(people)} with addresses, ${words(groups)} groups.`)
}

async function count(client: LdapClient, base: string, filter: string): Promise<number> {
  let counted = 0
  for await (const { entries } of client.pages('list', { base, scope: 'sub', filter, attributes: ['1.1'] })) {
    counted += entries.length
    if (counted >= COUNTED_MAX) break
  }
  return counted
}

async function* lookedUp(
  client: LdapClient,
  server: LdapServer,
  { reading, address }: { readonly reading: LdapReading; readonly address: string | null },
): AsyncGenerator<LdapTestEvent> {
  if (address === null || address.trim() === '') {
    yield result(
      'look-up',
      'not-run',
      'No address was entered.',
      'Enter an address that exists, and test again.',
    )
    return
  }
  const found = await lookUpAddress(client, server, { address, reading })
  if (found === null) {
    yield result(
      'look-up',
      'failed',
      `Nobody has the address ${address} there.`,
      'Check the address, and that its entry stands below the base DN.',
    )
    return
  }
  const aliases = found.aliases.length === 0 ? 'no alias' : `aliases ${found.aliases.slice(0, 5).join(', ')}`
  const account = found.signInEnabled ? '' : '; its account is disabled, its mail goes on'
  yield result('look-up', 'passed', `${found.name || found.email}: ${found.kind}, ${aliases}${account}.`)
}

function words(counted: number): string {
  return counted >= COUNTED_MAX ? `At least ${COUNTED_MAX}` : String(counted)
}

function failed({ step, saw, remedy }: DirectoryFault): LdapTestEvent {
  return result(step, 'failed', saw, remedy)
}

function result(
  step: DirectoryStep,
  state: DirectoryCheck['state'],
  saw: string,
  remedy: string | null = null,
): LdapTestEvent {
  return { kind: 'check', check: { step, state, saw, remedy } }
}
