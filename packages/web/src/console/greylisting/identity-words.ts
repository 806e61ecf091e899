// An identity of the greylist in words: what a sender is recognised by.

export type IdentityWords = { readonly name: string; readonly by: string }

/** `spf:sender.example` → sender.example, by SPF. */
export function identityWords(identity: string): IdentityWords {
  const [kind = '', ...rest] = identity.split(':')
  const value = rest.join(':')
  const [first = '', second = ''] = value.split(' ')
  switch (kind) {
    case 'spf':
      return { name: first, by: 'passes SPF' }
    case 'host':
      return { name: first, by: 'verified host name' }
    case 'dkim':
      return { name: first, by: `signed, from ${second}` }
    case 'net':
      return second === '<>' ? { name: first, by: 'network, bounces' } : { name: second, by: `from ${first}` }
    default:
      return { name: identity, by: '' }
  }
}
