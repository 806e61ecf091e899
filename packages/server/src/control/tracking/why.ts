// Why a message went as it did, in sentences: the steps, the verdict, and the smallest change that would have
// helped.
import type { OutputOf } from '@gatepost/contract/endpoint.ts'
import type { getMessage } from '@gatepost/contract/message.ts'
import type { DeliveryReport, RefusedReport } from '#link/reports.ts'
import type { ExplanationStep } from '#policy/policy.ts'
import type { MessageBody } from './body.ts'
import { reasonText } from './list-store.ts'
import { domainOf, outcomeText, replyText } from './rows.ts'

type Step = OutputOf<typeof getMessage>['explanation'][number]

const DECIDING: ReadonlySet<string> = new Set(['defer', 'reject', 'blind-defer'])

/** The steps as the page shows them. The first that refused or deferred decides; else the first that held. */
export function shownSteps(explanation: readonly ExplanationStep[]): Step[] {
  const refusing = explanation.findIndex(({ kind }) => DECIDING.has(kind))
  const deciding = refusing >= 0 ? refusing : explanation.findIndex(({ kind }) => kind === 'hold')
  return explanation.map(({ policy, stage, kind, because, saw, rule }, at) => ({
    policy,
    stage,
    kind,
    because,
    means: because.startsWith('by-')
      ? `The policy “${because.slice(3).replaceAll('-', ' ')}” waived this one.`
      : reasonText(because),
    saw,
    deciding: at === deciding,
    rule: rule ?? null,
    waivedBy: because.startsWith('by-') ? because.slice(3) : null,
  }))
}

export type Story = {
  readonly tenantId: string
  readonly status: string
  readonly reversePath: string | null
  readonly forwardPath: string | null
  readonly body: MessageBody
  readonly attempts: readonly DeliveryReport[]
}

/** One sentence: what happened and why. */
export function verdictOf({ status, body, attempts }: Story): string {
  const { reply } = body
  const last = attempts.at(-1)
  if (reply !== null) {
    const because = decidingStep(body)
    const verb = status === 'refused' ? 'Refused' : 'Deferred'
    return `${verb} with ${replyText(reply)}.${because ? ` ${reasonText(because.because)}` : ''}`
  }
  if (last?.by !== undefined) return decidedVerdict(last)
  const answered = last ? `${hopOf(last)} answered ${replyText(last.reply)}` : null
  switch (status) {
    case 'delivered':
      return answered === null ? 'Accepted and delivered.' : `Accepted and delivered: ${answered}.`
    case 'deferred':
      if (!last) return 'Accepted; delivery is put off.'
      return `Accepted; delivery is put off after attempt ${last.attempt}: ${replyText(last.reply)}.`
    case 'bounced': {
      const report = last?.dsnId ? ' A delivery report went to the sender.' : ''
      return `Accepted, then failed for good${answered === null ? '' : `: ${answered}`}.${report}`
    }
    case 'held': {
      const because = body.explanation.find(({ kind }) => kind === 'hold')?.because
      return `Accepted and held for a person.${because ? ` ${reasonText(because)}` : ''}`
    }
    case 'queued':
      if (last?.outcome === 'paused') return `Accepted; it waits: ${last.reply.text}.`
      return 'Accepted; it waits for its first delivery attempt.'
    default:
      return 'Accepted; it waits for its first delivery attempt.'
  }
}

/** The last word was a person's. */
function decidedVerdict(last: DeliveryReport): string {
  const report = last.dsnId === null ? '' : ' A delivery report went to the sender.'
  const isOnItsWay = last.outcome === 'released' || last.outcome === 'rerouted'
  return `Accepted. ${outcomeText(last)}${isOnItsWay ? '; it is on its way again' : ''}.${report}`
}

/** The smallest change that would have altered the outcome; null where nothing was refused. */
export function smallestChangeOf(story: Story): string | null {
  const { status, body, attempts } = story
  if (body.reply !== null) return changeFor(story, decidingStep(body))
  const last = attempts.at(-1)
  if (last?.outcome === 'paused') return 'Resume delivery on the queue’s page.'
  if (status !== 'bounced' || !last || last.by !== undefined) return null
  if (last.nextHop === null) return 'Nothing was reached: check the delivery route, then retry the message.'
  return `${last.nextHop.host} refused it, not this gateway: its reply says what it asks for.`
}

function changeFor(story: Story, step: ExplanationStep | null): string | null {
  const { body, reversePath, forwardPath } = story
  const from = domainOf(reversePath)
  const to = domainOf(forwardPath)
  switch (step?.because) {
    case 'address-not-authorized':
      return isOurs(story)
        ? `Authorise ${body.client?.ip ?? 'the client address'} to send for ${from} (step “Outbound”).`
        : `Validate ${to ?? 'the recipient’s domain'} here if it is yours; if not, the sender asks the wrong server.`
    case 'domain-not-validated':
      return `Validate ${from ?? 'the sender’s domain'} here, or send with a domain that is validated.`
    case 'author-domain-not-validated':
      return 'Validate the author’s domain here, or send with an author in a validated domain.'
    case 'author-of-other-tenant':
      return 'Send with an author in a domain of this organisation.'
    case 'cloud-without-proof':
      return 'Prove the organisation at the provider on the Outbound page (tenant id or secret header).'
    case 'sender-over-limit':
    case 'sender-suspected':
      return 'Release the sender or raise its limit on the Outbound page, once somebody confirmed the mail.'
    case 'forwarding-loop':
      return 'Change the forwarding address: its target sends the mail back.'
    case 'recipient-unknown':
      return `Add ${forwardPath ?? 'it'} as a user or alias, or let ${to ?? 'the domain'} accept all recipients.`
    case 'too-many-hops':
    case 'own-loop':
      return 'Correct the routing between the mail hosts: the message goes in a circle.'
    case 'fact-unavailable':
      return 'No setting: a look-up failed for now, and the sender tries again.'
    case undefined:
      return withoutPolicy(body.reply?.status ?? null)
    default:
      return null
  }
}

/** No policy decided: the status of the reply tells whose matter it was (RFC 3463 §3). */
function withoutPolicy(status: string | null): string {
  switch (status) {
    case '4.5.3':
      return 'No setting: one message takes no more recipients; the sender brings this one again in the next.'
    case '4.7.0':
      return 'Raise limits.connections_per_tenant, if so many connections are usual; the sender tries again.'
    case '4.3.0':
    case '4.3.1':
      return 'No setting: this gateway could not take it for a moment (its log says why); the sender tries again.'
    case '4.4.2':
      return 'No setting: the client hung up before the message was stored, and tries again.'
    default:
      return 'No policy refused this: the reply names what the client sent wrong.'
  }
}

/** Whether the reverse-path's domain is validated by the tenant that reads this. */
function isOurs({ tenantId, body }: Story): boolean {
  const relay = body.facts.relay
  return relay?.kind === 'known' && relay.value.reversePathTenant === tenantId
}

function decidingStep({ explanation }: Pick<RefusedReport, 'explanation'>): ExplanationStep | null {
  return explanation.find(({ kind }) => DECIDING.has(kind)) ?? null
}

function hopOf({ nextHop }: DeliveryReport): string {
  if (!nextHop) return 'the next hop'
  return nextHop.ip === null || nextHop.ip === nextHop.host ? nextHop.host : `${nextHop.host} (${nextHop.ip})`
}
