// Sign-in settings in sentences: what a profile lets in, asks for and limits.
import type { SignInProfile, SignInSettings } from '@gatepost/contract/sign-in-settings.ts'

/** "Password or passkey; Corporate". */
export function waysWords(profile: SignInProfile, { providers }: SignInSettings): string {
  const names = new Map(providers.map(({ id, name }) => [id, name]))
  const ways = [
    ...(profile.password ? ['Password or passkey'] : []),
    ...(profile.directory ? ['Password of the directory'] : []),
    ...profile.providers.map((id) => names.get(id) ?? 'an identity provider that is gone'),
  ]
  return ways.length === 0 ? 'Nobody' : ways.join('; ')
}

export function factorWords({ secondFactor, graceDays }: SignInProfile): string {
  const grace = graceDays > 0 ? `, ${graceDays} days to add one` : ''
  if (secondFactor === 'always') return `Always${grace}`
  return secondFactor === 'outside' ? `Outside of trusted ranges${grace}` : 'Only for those who have one'
}

export function whoWords({ kind, groups }: SignInProfile): string {
  if (kind === 'default') return 'Everyone whom no other profile names'
  if (kind === 'administrators') return 'Whoever sees more than the own portal'
  return `Groups: ${groups.map(({ name }) => name).join(', ')}`
}

export function sessionWords({ idleMinutes, sessionHours }: SignInProfile): string {
  return `End after ${minutesWords(idleMinutes)} unused, at the latest after ${minutesWords(sessionHours * 60)}`
}

export function minutesWords(minutes: number): string {
  if (minutes % 1_440 === 0) return minutes === 1_440 ? '1 day' : `${minutes / 1_440} days`
  if (minutes % 60 === 0) return minutes === 60 ? '1 hour' : `${minutes / 60} hours`
  return `${minutes} minutes`
}

/** Lines of a text box as the list they are. */
export function linesOf(text: string): string[] {
  return text
    .split(/[\n,]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
