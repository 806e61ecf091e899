// After sign-in only addresses of this console are followed, and fields say what to mend.
import { expect, test } from 'vitest'
import { address, domainName, ipAddress, newPassword } from '#shared/validation.ts'
import { isInside } from './sign-in-page.tsx'

test.each([
  ['/t/acme/connect', true],
  ['//evil.example', false],
  ['/\\evil.example', false],
  ['https://evil.example', false],
  [undefined, false],
])('%s is inside: %s', (next, inside) => expect(isInside(next)).toBe(inside))

test.each([
  [address('maya@acme.example'), null],
  [address('maya@acme'), 'Write a full address, such as maya@acme.example'],
  [domainName('münchen.example'), null],
  [domainName('https://acme.example'), 'Write the domain alone, such as acme.example, without https:// or @'],
  [newPassword('short'), 'Use at least 12 characters: 7 more'],
  [newPassword('correct horse battery'), null],
  [ipAddress('203.0.113.25'), null],
  [ipAddress('2001:db8::25'), null],
  [ipAddress('mail.acme.example'), 'Write one IP address, such as 203.0.113.25'],
])('%s', (said, wanted) => expect(said).toBe(wanted))
