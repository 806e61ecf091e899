// Proof that a domain is yours: a TXT at the domain or a CNAME named by the token, seen at its own name
// servers (C1).
import type { RecordState } from '@gatepost/contract/common.ts'
import type { Dns } from '#platform/dns-types.ts'
import { askAuthoritative, lookOf, type ServerLook } from './look.ts'

export type RecordLook = {
  readonly state: RecordState
  readonly servers: readonly ServerLook[]
  /** The mistake we recognise, as a sentence; null when there is none. */
  readonly hint: string | null
}

/** What the proof records looked like. Kept as the domain's observation. */
export type ProofLook = { readonly txt: RecordLook; readonly cname: RecordLook }

export type ProofOutcome =
  | { readonly kind: 'found'; readonly by: 'txt' | 'cname' }
  /** Both records were asked for, and no server has either. */
  | { readonly kind: 'missing' }
  /** Nobody could tell: never a "no" (law 4). */
  | { readonly kind: 'unknown'; readonly why: string }

const PREFIX = 'gatepost-verification='

type Claim = { readonly name: string; readonly token: string }

export function txtValueOf({ token }: Pick<Claim, 'token'>): string {
  return `${PREFIX}${token}`
}

export function cnameNameOf({ name, token }: Claim): string {
  return `gp-${token}.${name}`
}

export function cnameTargetOf(hostname: string): string {
  return `validate.${hostname.toLowerCase()}`
}

/** Asks the zone's own servers for both records. */
export async function lookForProof(
  claim: Claim,
  { dns, hostname }: { readonly dns: Dns; readonly hostname: string },
): Promise<ProofLook> {
  const servers = await dns.authoritativeServers(claim.name)
  const [txt, cname] = await Promise.all([
    askAuthoritative(dns, servers, { name: claim.name, type: 'TXT' }),
    askAuthoritative(dns, servers, { name: cnameNameOf(claim), type: 'CNAME' }),
  ])
  const txtLook = recordLook(txt.map((answer) => lookOf(answer, (values) => txtState(values, claim))))
  const target = cnameTargetOf(hostname)
  const cnameLook = recordLook(cname.map((answer) => lookOf(answer, (values) => cnameState(values, target))))
  const doubled = txtLook.state === 'not-found-yet' && (await isDoubled(claim, dns, servers))
  return {
    txt: { ...txtLook, hint: txtHint(txtLook, claim, doubled) },
    cname: { ...cnameLook, hint: null },
  }
}

/** What both records together say. */
export function outcomeOf({ txt, cname }: ProofLook): ProofOutcome {
  if (txt.state === 'found') return { kind: 'found', by: 'txt' }
  if (cname.state === 'found') return { kind: 'found', by: 'cname' }
  const silent = [txt, cname].find(({ state }) => state === 'temporary-failure')
  if (silent) return { kind: 'unknown', why: silent.servers[0]?.why ?? 'no name server answered' }
  return { kind: 'missing' }
}

/** One state for all servers: a proof seen anywhere counts, and no answer weighs least. */
function recordLook(servers: readonly ServerLook[]): Omit<RecordLook, 'hint'> {
  const weight: readonly RecordState[] = ['found', 'different-value', 'not-found-yet']
  const state = weight.find((wanted) => servers.some((look) => look.state === wanted))
  return { state: state ?? 'temporary-failure', servers }
}

function txtState(values: readonly string[], claim: Claim): RecordState {
  if (values.some((value) => value.trim() === txtValueOf(claim))) return 'found'
  return values.some((value) => value.toLowerCase().includes(PREFIX)) ? 'different-value' : 'not-found-yet'
}

function cnameState(values: readonly string[], target: string): RecordState {
  return values.some((value) => value.replace(/\.$/, '').toLowerCase() === target)
    ? 'found'
    : 'different-value'
}

/** Many providers append the zone to a full name: the record then stands at `acme.example.acme.example`. */
async function isDoubled(
  claim: Claim,
  dns: Dns,
  servers: Awaited<ReturnType<Dns['authoritativeServers']>>,
): Promise<boolean> {
  const name = `${claim.name}.${claim.name}`
  if (servers.kind === 'failed' || name.length > 253) return false
  const first = { kind: 'found', servers: servers.servers.slice(0, 1) } as const
  const [answer] = await askAuthoritative(dns, first, { name, type: 'TXT' })
  return answer?.answer.kind === 'found' && txtState(answer.answer.records, claim) === 'found'
}

function txtHint(look: Omit<RecordLook, 'hint'>, claim: Claim, doubled: boolean): string | null {
  if (doubled) {
    return `The record stands at ${claim.name}.${claim.name}: your provider appends the domain. Enter @ as the name.`
  }
  const values = look.servers.flatMap(({ values }) => values)
  const quoted = values.some((value) => value.replace(/^"+|"+$/g, '') === txtValueOf(claim))
  if (look.state === 'different-value' && quoted)
    return 'The value has quotes around it. Enter it without them.'
  return null
}
