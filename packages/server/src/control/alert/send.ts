// Carries word of alerts out: each send is kept until its channel took it, tried again with growing pauses.
import { DirectoryFault } from '@gatepost/directory/entry.ts'
import type { Machine } from '#platform/machine.ts'
import { createPinnedFetch, type PinnedFetch } from '#platform/pinned-fetch.ts'
import { newId } from '#platform/random.ts'
import { SYSTEM_TENANT } from '#store/schema.ts'
import { targetsOf } from '../directory/target.ts'
import { withoutLost } from '../domain/claim-store.ts'
import { letterAuthor } from '../letter.ts'
import type { Listener } from '../readiness/finding.ts'
import type { ControlDeps } from '../scope.ts'
import { alertLetter } from './letter.ts'
import {
  type AlertRow,
  administratorAddresses,
  channelOf,
  claimSends,
  findAlert,
  firstTenantId,
  type Organisation,
  operatorAddresses,
  organisationOf,
  type SendRow,
  type StoredChannel,
  updateSend,
} from './store.ts'
import { postWebhook, type WebhookBody, type WebhookSent } from './webhook.ts'

export type SendDeps = Pick<
  ControlDeps,
  'store' | 'clock' | 'link' | 'config' | 'secrets' | 'dns' | 'emit'
> & {
  readonly machine: Machine
  readonly listening: readonly Listener[]
  /** The console's outward name, ending in a slash. */
  readonly url: string
}

/** Pauses between attempts; after the last one it has failed. About a day in all. */
const BACK_OFF_MS: readonly number[] = [10, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800].map(
  (seconds) => seconds * 1_000,
)
const OPERATORS_MAX = 5
const COLUMN = 'alert_channel.webhook_secret'

export function placeOfSecret(tenantId: string) {
  return { tenantId, column: COLUMN, id: tenantId }
}

/** Sends what is due. Each is marked with what became of it; a failure is never thrown. */
export async function sendDue(deps: SendDeps): Promise<number> {
  const claimed = await deps.store.transaction((trx) => claimSends(trx, deps.clock.now()))
  await Promise.all(claimed.map((row) => sendOne(row, deps)))
  return claimed.length
}

/** One attempt. At least once: a process that dies between sending and noting sends again. */
export async function sendOne(row: SendRow, deps: SendDeps): Promise<void> {
  const { store, clock, emit } = deps
  let outcome: Outcome
  try {
    outcome = await attempt(row, deps)
  } catch (error) {
    outcome = { kind: 'refused', target: row.target, why: (error as Error).message }
  }
  const now = clock.now()
  const { target } = outcome
  if (outcome.kind === 'sent') {
    await updateSend(store.db, row, { state: 'sent', target, sent_at: now, why: null })
    return
  }
  if (outcome.kind === 'nowhere') {
    await updateSend(store.db, row, { state: 'dropped', target, why: outcome.why })
    return
  }
  const pause = row.event === 'test' ? undefined : BACK_OFF_MS[row.attempts - 1]
  emit('control.alert.failed', { channel: row.channel, why: outcome.why, isLast: pause === undefined })
  await updateSend(
    store.db,
    row,
    pause === undefined
      ? { state: 'failed', target, why: outcome.why }
      : { due_at: now + pause, target, why: outcome.why },
  )
}

type Outcome =
  | { readonly kind: 'sent'; readonly target: string }
  | { readonly kind: 'refused'; readonly target: string | null; readonly why: string }
  /** There is nothing to send it to any more. */
  | { readonly kind: 'nowhere'; readonly target: null; readonly why: string }

async function attempt(row: SendRow, deps: SendDeps): Promise<Outcome> {
  const { store, clock } = deps
  const tenantId = row.tenant_id
  const [channel, organisation, alert] = await Promise.all([
    channelOf(store.db, tenantId),
    organisationOf(store.db, tenantId),
    row.alert_id === null ? null : findAlert(store.db, tenantId, row.alert_id),
  ])
  const body = bodyOf(row, { alert: alert ?? null, organisation, url: deps.url })
  if (row.channel === 'mail') return mail(row, { body, channel, organisation }, deps)
  const url = channel.row?.webhook_url ?? null
  const sealed = channel.row?.webhook_secret ?? null
  if (url === null || sealed === null)
    return { kind: 'nowhere', target: null, why: 'The webhook was removed.' }
  const secret = deps.secrets.open(sealed, placeOfSecret(tenantId))
  const sent: WebhookSent = await postWebhook({ url, secret, body, now: clock.now() }, outwardFetch(deps))
  return sent.ok ? { kind: 'sent', target: url } : { kind: 'refused', target: url, why: sent.why }
}

/** Never inside our network, whatever the name resolves to at this moment (decisions 40). */
function outwardFetch(deps: SendDeps): PinnedFetch {
  return createPinnedFetch(async (host, port) => {
    try {
      return (await targetsOf(host, port, deps)).map(({ address }) => address)
    } catch (error) {
      // Its remedies speak of directories; what was seen is true here too.
      throw error instanceof DirectoryFault ? new Error(error.saw) : error
    }
  })
}

async function mail(
  row: SendRow,
  about: {
    readonly body: WebhookBody
    readonly channel: StoredChannel
    readonly organisation: Organisation | null
  },
  { store, clock, link, config, url }: SendDeps,
): Promise<Outcome> {
  const { body, channel, organisation } = about
  const readers = { event: row.event, kind: body.alert?.kind ?? null, db: store.db }
  const to = await mailTargets(channel, organisation, readers)
  const tenantId = row.tenant_id === SYSTEM_TENANT ? await firstTenantId(store.db) : row.tenant_id
  const target = to.join(', ')
  if (to.length === 0 || tenantId === null)
    return { kind: 'nowhere', target: null, why: 'No mail address is set.' }
  const now = clock.now()
  const page = body.alert?.link ?? url
  // What is about the installation is nobody's own word.
  const author =
    row.tenant_id === SYSTEM_TENANT
      ? `postmaster@${config.hostname}`
      : await letterAuthor(tenantId, to[0] ?? null, { store, config })
  const letter = alertLetter({ id: row.id, hostname: config.hostname, author, to, body, page, now })
  const result = await link.order({
    kind: 'submit',
    id: newId('ord', now),
    tenantId,
    reversePath: null,
    forwardPaths: to,
    content: Buffer.from(letter, 'utf8').toString('base64'),
  })
  if (result.kind === 'failed') return { kind: 'refused', target, why: result.why }
  return { kind: 'sent', target }
}

/**
 * Whom mail goes to: what is set, else the emergency contact, else the operators of the installation. A claim
 * of a domain is told to all who administer it too. Addresses in a domain that was lost are somebody else's.
 */
export async function mailTargets(
  channel: StoredChannel,
  organisation: Organisation | null,
  {
    event,
    kind = null,
    db,
  }: {
    readonly event: SendRow['event']
    readonly kind?: string | null
    readonly db: SendDeps['store']['db']
  },
): Promise<readonly string[]> {
  const first = channel.row?.email ?? organisation?.contactEmail ?? null
  const further = event === 'escalated' ? [channel.row?.escalate_to ?? ''] : []
  if (organisation !== null && kind === 'domain-claimed') {
    further.push(...(await administratorAddresses(db, organisation.id)))
  }
  const [usual, more] = await Promise.all(
    [first === null ? [] : [first], further].map((some) =>
      organisation === null ? some : withoutLost(db, organisation.id, some),
    ),
  )
  const readers = usual!.length > 0 ? usual! : await operatorAddresses(db, OPERATORS_MAX)
  return [...new Set([...readers, ...more!])].filter((address) => address !== '')
}

function bodyOf(
  row: SendRow,
  {
    alert,
    organisation,
    url,
  }: {
    readonly alert: AlertRow | null
    readonly organisation: Organisation | null
    readonly url: string
  },
): WebhookBody {
  return {
    id: row.id,
    event: `alert.${row.event}`,
    at: row.created_at,
    organization:
      organisation === null
        ? null
        : { id: organisation.id, slug: organisation.slug, name: organisation.name },
    alert:
      alert === null
        ? null
        : {
            id: alert.id,
            kind: alert.kind,
            subject: alert.subject,
            severity: alert.severity,
            text: alert.text,
            remedy: alert.remedy,
            link: `${url}${alert.link.replace(/^\//, '')}`,
            raisedAt: alert.raised_at,
            clearedAt: alert.cleared_at,
          },
  }
}
