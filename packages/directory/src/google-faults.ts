// What Google answers when it refuses, as a plain next step with the exact client id and scopes to paste.
import { DirectoryFault, type DirectoryStep } from './entry.ts'
import { type GoogleSettings, googleScopes, type ServiceAccount } from './google-settings.ts'
import { objectOf, objectsOf, textOf } from './json.ts'
import type { Answer } from './web.ts'

/** The fault that a refused token request means. */
export function googleTokenFault(
  answer: Answer,
  settings: GoogleSettings,
  account: ServiceAccount,
): DirectoryFault {
  const body = objectOf(answer.body)
  const error = textOf(body, 'error') ?? `status ${answer.status}`
  const words = (textOf(body, 'error_description') ?? '').replace(/\p{Cc}/gu, ' ').slice(0, 300)
  const fault = (code: string, saw: string, remedy: string) =>
    new DirectoryFault({ step: 'sign-in', code, saw: `${saw} (${error})`, remedy })
  if (error === 'unauthorized_client' || error === 'access_denied')
    return fault(
      'no-delegation',
      'Google does not let the service account read in an administrator’s name.',
      delegation(account),
    )
  if (/invalid jwt signature/i.test(words))
    return fault(
      'key-withdrawn',
      'Google does not know this key any more.',
      'Make a new JSON key for the service account and paste it here.',
    )
  if (/account not found/i.test(words))
    return fault(
      'account-gone',
      `The service account ${account.clientEmail} does not exist.`,
      'Make it again, or paste the key of the right one.',
    )
  if (/short-lived|reasonable timeframe|iat|exp/i.test(words))
    return fault(
      'clock',
      'Google says the assertion is outside its time: the clock of this server is wrong.',
      'Set the clock of this server by NTP.',
    )
  if (/invalid email or user id|invalid impersonation|not a valid email/i.test(words))
    return fault(
      'unknown-admin',
      `Google knows no user ${settings.adminEmail}.`,
      'Write the primary address of an administrator of this Workspace; an alias does not work.',
    )
  if (error === 'invalid_scope')
    return fault('no-delegation', 'Google refuses the scopes.', delegation(account))
  if (error === 'disabled_client' || /disabled/i.test(words))
    return fault(
      'account-disabled',
      'The service account is disabled.',
      'Enable it in Google Cloud › IAM › Service accounts.',
    )
  return new DirectoryFault({
    step: 'sign-in',
    code: 'token-refused',
    saw: `Google refused the sign-in: ${error}${words === '' ? '' : `, ${words}`}.`,
    remedy: 'Look at the delegation and the key in the Google Cloud console.',
  })
}

/** What an administrator does for domain-wide delegation, with the values to paste. */
export function delegation({ clientId }: Pick<ServiceAccount, 'clientId'>): string {
  return [
    'In admin.google.com › Security › Access and data control › API controls › Manage domain-wide delegation',
    `add client ID ${clientId} with the scopes ${googleScopes.join(',')}.`,
    'It takes effect within minutes, at times a day.',
  ].join(' ')
}

/** Reasons in an answer of the Admin SDK. */
export function reasonsOf(answer: Answer): readonly string[] {
  const error = objectOf(objectOf(answer.body)?.error)
  const listed = objectsOf(error, 'errors').flatMap((one) => textOf(one, 'reason') ?? [])
  const detailed = objectsOf(error, 'details').flatMap((one) => textOf(one, 'reason') ?? [])
  return [...listed, ...detailed]
}

const RATE = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'RATE_LIMIT_EXCEEDED'])

/** Google says “slow down” by 403 as well as by 429. */
export const isGoogleThrottle = (answer: Answer): boolean =>
  answer.status === 403 && reasonsOf(answer).some((reason) => RATE.has(reason))

/** The fault that a refused request of the Admin SDK means. */
export function googleFault(answer: Answer, step: DirectoryStep, what: string): DirectoryFault {
  const reasons = reasonsOf(answer)
  const error = objectOf(objectOf(answer.body)?.error)
  const words = (textOf(error, 'message') ?? '').replace(/\p{Cc}/gu, ' ').slice(0, 300)
  if (reasons.includes('accessNotConfigured') || reasons.includes('SERVICE_DISABLED'))
    return new DirectoryFault({
      step: 'permission',
      code: 'api-disabled',
      saw: 'The Admin SDK API is not enabled in the project of the service account.',
      remedy: 'In Google Cloud › APIs & Services › Library find “Admin SDK API” and choose Enable.',
    })
  if (answer.status === 403)
    return new DirectoryFault({
      step: 'permission',
      code: 'no-permission',
      saw: `Google refuses to list ${what} (${reasons[0] ?? 'forbidden'}).`,
      remedy: [
        'Give the administrator a role that may read Organisational units, Users and Groups',
        '(admin.google.com › Account › Admin roles), and check the delegated scopes.',
      ].join(' '),
    })
  if (answer.status === 401)
    return new DirectoryFault({
      step: 'sign-in',
      code: 'token-refused',
      saw: `Google does not take its own token: ${words || 'unauthorised'}.`,
      remedy: 'Check that the administrator is not suspended.',
    })
  return new DirectoryFault({
    step,
    code: 'google-refused',
    saw: `Google answered ${answer.status} for ${what}${words === '' ? '' : `: ${words}`}.`,
    remedy: 'The next run tries again. Check the customer id if it stays.',
  })
}

/** An answer that is not what Google documents. */
export function strangeGoogleAnswer(saw: string): DirectoryFault {
  return new DirectoryFault({
    step: 'list',
    code: 'strange-answer',
    saw,
    remedy: 'Nothing was changed. A proxy that alters answers may stand between.',
  })
}
