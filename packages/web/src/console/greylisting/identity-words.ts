// An identity of the greylist in words: what a sender is recognised by.
import type { Words } from '#i18n/i18n.ts'

export type IdentityWords = { readonly name: string; readonly by: string }

/** `spf:sender.example` → sender.example, by SPF. */
export function identityWords(t: Words, identity: string): IdentityWords {
  const [kind = '', ...rest] = identity.split(':')
  const value = rest.join(':')
  const [first = '', second = ''] = value.split(' ')
  switch (kind) {
    case 'spf':
      return { name: first, by: t('identityWords.passesSpf') }
    case 'host':
      return { name: first, by: t('identityWords.verifiedHostName') }
    case 'dkim':
      return { name: first, by: t('identityWords.signedFrom', { second }) }
    case 'net':
      return second === '<>'
        ? { name: first, by: t('identityWords.networkBounces') }
        : { name: second, by: t('identityWords.from', { first }) }
    default:
      return { name: identity, by: '' }
  }
}
