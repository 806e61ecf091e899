// Sign-in settings in sentences: what a profile lets in, asks for and limits.

import type { SignInProfile, SignInSettings } from '@gatepost/contract/sign-in-settings.ts'
import type { Words } from '#i18n/i18n.ts'

/** "Password or passkey; Corporate". */
export function waysWords(profile: SignInProfile, { providers }: SignInSettings, t: Words): string {
  const names = new Map(providers.map(({ id, name }) => [id, name]))
  const ways = [
    ...(profile.password ? [t('words.own')] : []),
    ...(profile.directory ? [t('words.directory')] : []),
    ...profile.providers.map((id) => names.get(id) ?? t('words.gone')),
  ]
  return ways.length === 0 ? t('words.nobody') : ways.join('; ')
}

export function factorWords({ secondFactor, graceDays }: SignInProfile, t: Words): string {
  const grace = graceDays > 0 ? `, ${t('words.grace', { count: graceDays })}` : ''
  if (secondFactor === 'always') return `${t('form.always')}${grace}`
  return secondFactor === 'outside' ? `${t('form.outside')}${grace}` : t('words.only')
}

export function whoWords({ kind, groups }: SignInProfile, t: Words): string {
  if (kind === 'default') return t('words.everyone')
  if (kind === 'administrators') return t('words.administrators')
  return t('words.groups', { names: groups.map(({ name }) => name).join(', ') })
}

export function sessionWords({ idleMinutes, sessionHours }: SignInProfile, t: Words): string {
  return t('words.sessions', {
    idle: minutesWords(idleMinutes, t),
    latest: minutesWords(sessionHours * 60, t),
  })
}

export function minutesWords(minutes: number, t: Words): string {
  if (minutes % 1_440 === 0) return t('words.days', { count: minutes / 1_440 })
  if (minutes % 60 === 0) return t('words.hours', { count: minutes / 60 })
  return t('words.minutes', { count: minutes })
}

/** Lines of a text box as the list they are. */
export function linesOf(text: string): string[] {
  return text
    .split(/[\n,]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
