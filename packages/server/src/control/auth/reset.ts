// Reset of a password by mail: a link that works once, to the account's own address, under our own outward
// name; whoever asks learns nothing about whether the address exists.
import type { PasswordRules } from '@gatepost/contract/password.ts'
import { newSecret } from '#platform/random.ts'
import { appendAudit } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import type { ControlDeps } from '../scope.ts'
import { accountKey, tooMany } from './auth.ts'
import { type Candidate, findCandidate, passwordRulesOf } from './candidate.ts'
import type { AuthDeps, RequestOrigin } from './deps.ts'
import { ensurePerson } from './ensure-person.ts'
import { profileFor } from './profile-store.ts'
import { mailReset } from './reset-mail.ts'
import { hashNewPassword, storePassword } from './set-password.ts'
import { addTicket, lookAtTicket, takeTicket } from './ticket.ts'

export const RESET_MINUTES = 30

export type ResetDeps = AuthDeps & Pick<ControlDeps, 'link' | 'config'>

/**
 * Answers at once and works afterwards, so that neither words nor time tell whether there is an account.
 * Throws `too-many-attempts` by the client's address alone.
 */
export function requestReset(email: string, { from }: Pick<RequestOrigin, 'from'>, deps: ResetDeps): number {
  const waitSeconds = deps.attempts.spend('resetFrom', from)
  if (waitSeconds > 0) throw tooMany(waitSeconds)
  sendReset(email, { from }, deps).catch((error: unknown) =>
    deps.emit('control.reset.failed', { error: error instanceof Error ? error : new Error(String(error)) }),
  )
  return RESET_MINUTES
}

/** Sends the link, if the address has an account or may have one. Returns whether it did. */
export async function sendReset(
  email: string,
  { from }: Pick<RequestOrigin, 'from'>,
  deps: ResetDeps,
): Promise<boolean> {
  const { store, clock, attempts, url } = deps
  const candidate = await findCandidate(store.db, email)
  if (!candidate?.isEnabled || candidate.tenantId === null) return false
  const profile = await profileFor(store.db, candidate)
  if (!profile.password || attempts.spend('reset', accountKey(candidate.email)) > 0) return false
  const now = clock.now()
  const secret = newSecret()
  const { personId, tenantId, userId } = candidate
  const value = { email: candidate.email, userId }
  await addTicket(store.db, { kind: 'reset', secret, personId, value, now, lifeMs: RESET_MINUTES * 60_000 })
  // The outward name is configured, never what a request's Host header says (abuse case 61).
  const page = `${url}reset#token=${secret}`
  await mailReset({ tenantId, to: candidate.email, link: page, minutes: RESET_MINUTES, from }, deps)
  await tell('password.reset-asked', candidate, { from, now }, deps)
  return true
}

/** Whether a link still counts, and for whom. Throws `reset-link-wrong`. */
export async function checkReset(
  token: string,
  { from }: Pick<RequestOrigin, 'from'>,
  deps: ResetDeps,
): Promise<{ readonly email: string; readonly rules: PasswordRules }> {
  spendLook(from, deps)
  const { store, clock } = deps
  const ticket = await lookAtTicket(store.db, { kind: 'reset', secret: token, now: clock.now() })
  const email = (ticket?.value as { readonly email: string } | undefined)?.email
  const candidate = email === undefined ? null : await findCandidate(store.db, email)
  if (!candidate) throw wrongLink()
  return { email: candidate.email, rules: await passwordRulesOf(store.db, candidate.tenantId) }
}

/**
 * Sets the password of a link and ends all sessions; signs nobody in, so that the second factor is asked for
 * as ever. A password that is refused leaves the link as it was.
 */
export async function completeReset(
  input: { readonly token: string; readonly password: string },
  { from }: Pick<RequestOrigin, 'from'>,
  deps: ResetDeps,
): Promise<void> {
  const { store, clock, attempts } = deps
  const { email } = await checkReset(input.token, { from }, deps)
  const candidate = await findCandidate(store.db, email)
  if (!candidate?.isEnabled) throw wrongLink()
  const encoded = await hashNewPassword(input.password, candidate, deps)
  const now = clock.now()
  await store.transaction(async (trx) => {
    const ticket = await takeTicket(trx, { kind: 'reset', secret: input.token, now })
    // Two who use the link at once: the second finds it gone.
    if (!ticket) throw wrongLink()
    const personId = await ensurePerson(trx, candidate, { vouch: 'word', from, now })
    await storePassword(trx, { personId, encoded, mustChange: false, keep: null, now })
  })
  attempts.clear(accountKey(candidate.email), null)
  await tell('password.reset', candidate, { from, now }, deps)
}

async function tell(
  action: string,
  { tenantId, email }: Candidate,
  { from, now }: { readonly from: string; readonly now: number },
  { store }: ResetDeps,
): Promise<void> {
  const actor = { kind: 'system', name: 'reset by mail' } as const
  const event = { action, subject: `password of ${email}`, before: null, after: null, at: now }
  await store.transaction((trx) => appendAudit(trx, { tenantId, actor, from }, event))
}

function spendLook(from: string, { attempts }: ResetDeps): void {
  const waitSeconds = attempts.spend('look', from)
  if (waitSeconds > 0) throw tooMany(waitSeconds)
}

function wrongLink(): Error {
  return problem('reset-link-wrong', 'This link was used, is over, or was replaced. Ask for a new one.')
}
