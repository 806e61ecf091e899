// Knocks at a mail host from every vantage point (C10): second addresses of this machine, and agents in the
// organisation's network. Our own sending address proves nothing: it has to be let in.
import type { Knocked } from '@gatepost/contract/lock.ts'
import { type ProbeAnswer, probeMailHost } from '@gatepost/directory/mail-host-probe.ts'
import { formatDate } from '@gatepost/mail/date.ts'
import { isPrivate } from '@gatepost/mail/ip.ts'
import type { Machine } from '#platform/machine.ts'
import { newId } from '#platform/random.ts'
import type { AgentDesk } from '../agent/desk.ts'
import { agentsOf } from '../agent/store.ts'
import { targetsOf } from '../directory/target.ts'
import type { Listener } from '../readiness/finding.ts'
import type { ControlDeps } from '../scope.ts'
import { cloudDomainInDns } from './cloud-domain.ts'

export type KnockDeps = Pick<ControlDeps, 'store' | 'clock' | 'config' | 'dns'> & {
  readonly machine: Machine
  readonly listening: readonly Listener[]
  readonly agents: Pick<AgentDesk, 'isWaiting' | 'probe'>
}

export type Door = {
  readonly tenantId: string
  readonly host: string
  readonly port: number
  /** A mailbox of the organisation, so that a refusal is not for an unknown recipient. */
  readonly forwardPath: string
  /** One of its domains, for a sender that pretends to be inside; null asks with an outside sender alone. */
  readonly ownDomain: string | null
  /** Its domain at Microsoft where settings name it; null looks into DNS. Only asked for with `ownDomain`. */
  readonly cloudDomain?: string | null
  /** Clouds may refuse at the end of the message only: then a harmless one is sent whole. */
  readonly isWhole: boolean
}

export type Vantage = {
  readonly kind: Knocked['from']['kind']
  readonly name: string
  readonly isReady: boolean
  readonly agentId: string | null
}

/** What the checker and the page need: where one can knock from, and knocking itself. */
export type Knock = {
  vantages(tenantId: string): Promise<readonly Vantage[]>
  knock(door: Door): Promise<readonly Knocked[]>
}

export function createKnock(deps: KnockDeps): Knock {
  return {
    vantages: (tenantId) => vantagesOf(tenantId, deps),
    async knock(door) {
      const ready = (await vantagesOf(door.tenantId, deps)).filter(({ isReady }) => isReady)
      const questions = await questionsFor(door, deps)
      const all = ready.flatMap((vantage) => questions.map((question) => ({ vantage, ...question })))
      const knocked: Knocked[] = []
      const blind: Knocked[] = []
      // One after the other: a host counts connections, and an agent rests between two knocks.
      for (const one of all) {
        const { isBlind, ...seen } = await knockOnce(door, one, deps)
        ;(isBlind ? blind : knocked).push(seen)
      }
      // Where the host has no address of a family there is no door, and nothing to prove by the other.
      return knocked.length > 0 ? knocked : blind
    },
  }
}

async function vantagesOf(
  tenantId: string,
  { store, config, agents }: KnockDeps,
): Promise<readonly Vantage[]> {
  const sites = (await agentsOf(store.db, tenantId)).filter(({ paired_at }) => paired_at !== null)
  return [
    ...config.vantage.addresses.map((name) => {
      return { kind: 'address', name, isReady: true, agentId: null } as const
    }),
    ...sites.map(({ id, site }) => {
      return { kind: 'agent', name: site, isReady: agents.isWaiting(id), agentId: id } as const
    }),
  ]
}

type Question = {
  readonly sender: Knocked['sender']
  readonly recipient: NonNullable<Knocked['recipient']>
  readonly forwardPath: string
}
type Asked = Question & { readonly vantage: Vantage }

/**
 * An outside sender; in clouds also one that pretends to be inside, and the domain that no MX of ours covers.
 */
async function questionsFor(door: Door, { dns }: KnockDeps): Promise<readonly Question[]> {
  const { forwardPath, ownDomain } = door
  const usual = { recipient: 'usual', forwardPath } as const
  const outside = { sender: 'outside', ...usual } as const
  if (ownDomain === null) return [outside]
  const cloudDomain = door.cloudDomain ?? (await cloudDomainInDns(ownDomain, dns))
  const localPart = forwardPath.slice(0, forwardPath.lastIndexOf('@'))
  return [
    outside,
    { sender: 'own-domain', ...usual },
    ...(cloudDomain === null
      ? []
      : ([
          { sender: 'outside', recipient: 'cloud-domain', forwardPath: `${localPart}@${cloudDomain}` },
        ] as const)),
  ]
}

type KnockedOnce = Knocked & {
  /** The host cannot be reached by this vantage point’s family. */ readonly isBlind: boolean
}

async function knockOnce(door: Door, asked: Asked, deps: KnockDeps): Promise<KnockedOnce> {
  const { vantage, sender, recipient } = asked
  const { kind, name, agentId } = vantage
  const about = { from: { kind, name }, sender, recipient, isInside: false, isBlind: false }
  const question = questionOf(door, asked, deps)
  if (agentId !== null) {
    const { host, port } = door
    const seen = await deps.agents.probe(agentId, { host, port, ...question })
    if (seen === null) return { ...about, ...silence('The agent did not answer.') }
    const { address, ...answer } = seen
    const isInside = address !== null && isPrivate(address)
    return { ...about, ...(await judged(answer, door, deps)), isInside }
  }
  const target = await targetOf(door, name, deps)
  if (target === null) {
    return { ...about, ...silence(`${door.host} has no address of this family.`), isBlind: true }
  }
  if (typeof target === 'string') return { ...about, ...silence(target) }
  const answer = await probeMailHost({ ...question, ...target, localAddress: name })
  return { ...about, ...(await judged(answer, door, deps)) }
}

/** A cloud may refuse at the end of a message only: that it takes the recipient proves nothing there. */
async function judged(answer: ProbeAnswer, door: Door, deps: KnockDeps): Promise<ProbeAnswer> {
  if (answer.kind !== 'open' || door.ownDomain === null || door.isWhole) return compared(answer, door, deps)
  const reply = `${answer.reply} Only a whole message tells more: test the delivery route first.`
  return { ...answer, kind: 'unknown', reply }
}

const silence = (reply: string): ProbeAnswer => ({ kind: 'unknown', stage: 'connect', reply })

/**
 * A firewall drops strangers in silence, refuses the connection or hangs up; a host that is down does the
 * same to everybody. So the gateway's own address knocks too: only a difference between the two is a closed
 * door.
 */
async function compared(answer: ProbeAnswer, door: Door, deps: KnockDeps): Promise<ProbeAnswer> {
  const isDoor = answer.stage === 'connect' || (answer.stage === 'greeting' && !/^\d/.test(answer.reply))
  if (!isDoor || (answer.kind === 'unknown' && !NO_ANSWER.test(answer.reply))) return answer
  if (!(await answersUs(door, deps)))
    return {
      ...answer,
      kind: 'unknown',
      reply: `${answer.reply} The gateway’s own address gets no greeting either.`,
    }
  if (answer.kind === 'closed') return answer
  return { ...answer, kind: 'closed', reply: `${answer.reply} The gateway’s own address is greeted.` }
}

/** What `probeMailHost` says when nothing came back. */
const NO_ANSWER = /^(No answer|It did not answer|The connection failed)/

async function answersUs(door: Door, deps: KnockDeps): Promise<boolean> {
  const targets = await targetsOf(door.host, door.port, deps).catch(() => [])
  for (const { address: host, port } of targets.slice(0, OWN_TARGETS_MAX))
    if ((await deps.machine.greeting({ host, port })).kind === 'greeting') return true
  return false
}

/** Addresses of one host that are tried for the comparison. */
const OWN_TARGETS_MAX = 3

/** An address of the host of the vantage point's family; null where it has none, or why it failed. */
async function targetOf(
  { host, port }: Door,
  localAddress: string,
  deps: KnockDeps,
): Promise<{ readonly address: string; readonly port: number } | string | null> {
  try {
    const isSix = localAddress.includes(':')
    return (await targetsOf(host, port, deps)).find(({ address }) => address.includes(':') === isSix) ?? null
  } catch (error) {
    const { saw } = error as { readonly saw?: string }
    return saw ?? (error as Error).message
  }
}

function questionOf(
  { ownDomain, isWhole }: Door,
  { sender, forwardPath }: Question,
  { config, clock }: KnockDeps,
) {
  const { hostname } = config
  const reversePath = sender === 'own-domain' ? `postmaster@${ownDomain}` : `probe@${hostname}`
  const now = clock.now()
  const content = [
    `Date: ${formatDate(now)}`,
    `From: <${reversePath}>`,
    `To: <${forwardPath}>`,
    `Message-ID: <${newId('prb', now)}@${hostname}>`,
    'Subject: Gatepost bypass probe: your mail host took this directly',
    'Auto-Submitted: auto-generated',
    '',
    'This message did not come through the gateway. Once the mail host is locked',
    'it is refused. You may delete it.',
  ].join('\r\n')
  return { helo: `probe.${hostname}`, reversePath, forwardPath, content: isWhole ? content : null }
}
