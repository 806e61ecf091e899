// Share links (issue of one step to a colleague): made, listed, taken back. The token is kept as its digest.

import type { StepName } from '@gatepost/contract/connect.ts'
import { say } from '@gatepost/contract/sayings.ts'
import { SHARES_MAX, type Share } from '@gatepost/contract/share.ts'
import { stepTexts } from '@gatepost/contract/step-texts.ts'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { digestOf, newId, newSecret } from '#platform/random.ts'
import type { Row } from '#store/schema.ts'
import { appendAudit } from '../audit/audit.ts'
import type { SignInAttempts } from '../auth/attempts.ts'
import { findDomain } from '../domain/store.ts'
import { fieldError, invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { mailShare } from './letter.ts'

const DAY_MS = 86_400_000

export type ShareDeps = Pick<ControlDeps, 'store' | 'clock' | 'config'> & {
  readonly link: Pick<ControlDeps['link'], 'order'>
  readonly attempts: Pick<SignInAttempts, 'spend'>
  /** The console's outward address, ending in a slash. */
  readonly url: string
}

type Draft = {
  readonly step: StepName
  readonly domain: string | null
  readonly days: number
  readonly note: string
  readonly mailTo: string | null
}

export async function listShares(
  { tenantId }: Pick<Scope, 'tenantId'>,
  { store, clock }: Pick<ShareDeps, 'store' | 'clock'>,
): Promise<{ items: Share[] }> {
  const rows = await store.db
    .selectFrom('share_link')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('expires_at', '>', clock.now())
    .orderBy('id', 'desc')
    .execute()
  return { items: rows.map(shareOf) }
}

/** Makes a link. Throws `limit-reached`, `invalid-input`, and `too-many-attempts` for too many mails. */
export async function createShare(
  scope: Scope,
  draft: Draft,
  deps: ShareDeps,
): Promise<{ readonly share: Share; readonly link: string | null }> {
  const { store, clock, url } = deps
  const domain = await domainNameOf(scope, draft.domain, deps)
  if (draft.mailTo !== null) spendMail(scope, draft.mailTo, deps)
  const now = clock.now()
  const token = newSecret()
  const row: Row<'share_link'> = {
    id: newId('shr', now),
    tenant_id: scope.tenantId,
    digest: digestOf(token),
    step: draft.step,
    domain,
    note: draft.note,
    created_at: now,
    created_by: scope.actor.name,
    expires_at: now + draft.days * DAY_MS,
    last_used_at: null,
    uses: 0,
    mailed_to: draft.mailTo,
  }
  await store.transaction(async (trx) => {
    // Those that are over make room.
    await trx
      .deleteFrom('share_link')
      .where('tenant_id', '=', scope.tenantId)
      .where('expires_at', '<=', now)
      .execute()
    const { count } = await trx
      .selectFrom('share_link')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('tenant_id', '=', scope.tenantId)
      .executeTakeFirstOrThrow()
    if (Number(count) >= SHARES_MAX) {
      throw problem('limit-reached', say('problem.links-open', { number: SHARES_MAX }))
    }
    await trx.insertInto('share_link').values(row).execute()
    const after = { step: draft.step, domain, days: draft.days, mailedTo: draft.mailTo }
    const event = { action: 'share.made', subject: `link to ${titleOf(draft.step)}`, before: null }
    await appendAudit(trx, scope, { ...event, after, at: now })
  })
  const link = `${url}shared#token=${token}`
  if (draft.mailTo === null) return { share: shareOf(row), link }
  await mailShare(
    {
      tenantId: scope.tenantId,
      email: draft.mailTo,
      link,
      by: scope.actor.name,
      title: titleOf(draft.step),
      note: draft.note,
      days: draft.days,
    },
    deps,
  )
  return { share: shareOf(row), link: null }
}

/** Takes a link back. Throws `not-found`. */
export async function removeShare(
  scope: Scope,
  id: string,
  { store, clock }: Pick<ShareDeps, 'store' | 'clock'>,
): Promise<void> {
  await store.transaction(async (trx) => {
    const row = await trx
      .deleteFrom('share_link')
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    if (!row) throw problem('not-found', say('problem.no-link'))
    const before = { step: row.step, domain: row.domain, uses: row.uses }
    const event = { action: 'share.removed', subject: `link to ${titleOf(row.step as StepName)}`, before }
    await appendAudit(trx, scope, { ...event, after: null, at: clock.now() })
  })
}

function shareOf(row: Row<'share_link'>): Share {
  const step = row.step as StepName
  return {
    id: row.id,
    step,
    title: titleOf(step),
    domain: row.domain,
    note: row.note,
    mailedTo: row.mailed_to,
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    uses: row.uses,
  }
}

function titleOf(step: StepName): string {
  return stepTexts[step].title
}

async function domainNameOf(
  { tenantId }: Scope,
  reference: string | null,
  { store }: Pick<ShareDeps, 'store'>,
): Promise<string | null> {
  if (reference === null) return null
  const row = await findDomain(store.db, tenantId, reference)
  if (!row) throw invalidInput([fieldError('/domain', say('input.no-domain-of-yours', { text: reference }))])
  return row.name
}

/** Colleagues may be outside, at whoever runs the DNS: so their number is limited, not their domain. */
function spendMail({ tenantId }: Scope, mailTo: string, { attempts }: Pick<ShareDeps, 'attempts'>): void {
  if ((mailboxOf(mailTo)?.domain ?? '') === '') {
    const message = `“${mailTo}” is not an e-mail address; write it like anna@acme.example.`
    throw invalidInput([{ path: '/mailTo', message }])
  }
  const wait = attempts.spend('resetFrom', `share ${tenantId}`)
  if (wait === 0) return
  const detail = say('problem.links-mailed', { seconds: wait })
  throw problem('too-many-attempts', detail, { retryAfterSeconds: wait })
}
