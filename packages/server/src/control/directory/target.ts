// Which addresses a directory may be read at: where an organisation says, never our own doors or a cloud's
// metadata; private networks when the operator opened them (decisions 40, abuse case 62).
import { domainToASCII } from 'node:url'
import { DirectoryFault } from '@gatepost/directory/entry.ts'
import { formatIp, parseIp } from '@gatepost/mail/ip.ts'
import { createTargetGuard, type TargetRefusal } from '#platform/target-guard.ts'
import type { DirectoryDeps } from './kind.ts'

export type Target = { readonly address: string; readonly port: number }

/** Resolves a host and leaves what we may connect to. Throws `DirectoryFault` of step `resolve`. */
export async function targetsOf(
  host: string,
  port: number,
  deps: Pick<DirectoryDeps, 'dns' | 'config' | 'machine' | 'listening'>,
): Promise<readonly Target[]> {
  const addresses = await addressesOf(host, deps)
  const guard = createTargetGuard({
    privateTargets: deps.config.network.privateTargets,
    ownListeners: () => deps.listening,
    localAddresses: () => deps.machine.addresses(),
  })
  const refusals = addresses.map((address) => ({ address, why: guard.refusalOf(address, port) }))
  const allowed = refusals.filter(({ why }) => why === null)
  const [refused] = refusals
  if (allowed.length === 0 && refused !== undefined) throw refusedTarget(host, refused)
  return allowed.map(({ address }) => ({ address, port }))
}

async function addressesOf(host: string, { dns }: Pick<DirectoryDeps, 'dns'>): Promise<readonly string[]> {
  const literal = parseIp(host.replace(/^\[(.*)\]$/, '$1'))
  if (literal.ok) return [formatIp(literal.value)]
  const name = domainToASCII(host)
  const answers = await Promise.all([
    dns.query({ name, type: 'A', fresh: true }),
    dns.query({ name, type: 'AAAA', fresh: true }),
  ])
  const found = answers.flatMap((answer) => (answer.kind === 'found' ? answer.records : []))
  if (found.length > 0) return found
  const failed = answers.find((answer) => answer.kind === 'failed')
  if (failed?.kind === 'failed')
    throw fault('dns-failed', `The name ${host} could not be looked up: ${failed.why}.`, [
      'Try again; the resolver of this gateway must know the name.',
    ])
  throw fault('no-such-host', `No address is known for ${host}.`, [
    'Check the spelling. A name that only your own DNS knows needs the gateway’s dns.resolver to ask there;',
    'an address works as well.',
  ])
}

function refusedTarget(
  host: string,
  { address, why }: { readonly address: string; readonly why: TargetRefusal | null },
): DirectoryFault {
  const saw =
    host === address
      ? `${address} may not be connected to.`
      : `${host} is at ${address}, which may not be connected to.`
  switch (why) {
    case 'private':
      return fault('private-target', `${saw} It is an address of a private network.`, [
        'If the directory stands in the same network as this gateway, an operator opens that network with the',
        'key network.private_targets. If it stands elsewhere, enter a public address, or use the agent,',
        'which needs no way in.',
      ])
    case 'own-listener':
      return fault('own-listener', `${saw} This gateway itself listens there.`, [
        'Enter the address and port of your directory server.',
      ])
    default:
      return fault('link-local', `${saw} Link-local and metadata addresses are never asked.`, [
        'Enter the address of your directory server.',
      ])
  }
}

function fault(code: string, saw: string, remedy: readonly string[]): DirectoryFault {
  return new DirectoryFault({ step: 'resolve', code, saw, remedy: remedy.join(' ') })
}
