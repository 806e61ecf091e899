// What directory servers say when they refuse, in plain words with the next step: result codes of LDAP
// (RFC 4511 §4.1.9) and the codes that Active Directory hides in the text of result 49.
import { DirectoryFault, type DirectoryStep } from '../entry.ts'

/** A refusal as the server said it. */
export type LdapRefusal = { readonly result: number; readonly text: string }

type Words = { readonly code: string; readonly saw: string; readonly remedy: string }

const CLEAR_TEXT: Words = {
  code: 'encryption-required',
  saw: 'The server does not take passwords over an unprotected connection (result 8, strong authentication required).',
  remedy: 'Choose TLS on port 636, or StartTLS on port 389.',
}

/** Sub-codes of Active Directory for result 49, as hexadecimal in `data 52e`. */
const SIGN_IN: ReadonlyMap<string, Words> = new Map([
  [
    '525',
    {
      code: 'no-such-account',
      saw: 'The directory does not know this account (49/525).',
      remedy: 'Check the name: user principal name (sync@corp.example), CORP\\sync or distinguished name.',
    },
  ],
  [
    '52e',
    {
      code: 'wrong-password',
      saw: 'The directory refuses name and password (49/52e).',
      remedy: 'Enter the password again. If it is right, check the name of the account.',
    },
  ],
  [
    '530',
    {
      code: 'wrong-hour',
      saw: 'The account may not sign in at this hour (49/530).',
      remedy: 'Allow the account all hours in its logon hours.',
    },
  ],
  [
    '531',
    {
      code: 'wrong-workstation',
      saw: 'The account may not sign in from here (49/531).',
      remedy: 'Take the restriction to workstations away from this account.',
    },
  ],
  [
    '532',
    {
      code: 'password-expired',
      saw: 'The password of the account has expired (49/532).',
      remedy: 'Set a new password, and set “Password never expires” for this account.',
    },
  ],
  [
    '533',
    {
      code: 'account-disabled',
      saw: 'The account is disabled (49/533).',
      remedy: 'Enable the account in the directory, or use another one.',
    },
  ],
  [
    '701',
    {
      code: 'account-expired',
      saw: 'The account has expired (49/701).',
      remedy: 'Set the account to never expire, or use another one.',
    },
  ],
  [
    '773',
    {
      code: 'password-must-change',
      saw: 'The account must change its password at the next sign-in (49/773).',
      remedy: 'Set a password and take the tick from “User must change password at next logon”.',
    },
  ],
  [
    '775',
    {
      code: 'account-locked',
      saw: 'The account is locked after too many wrong passwords (49/775).',
      remedy:
        'Unlock the account, and find out who tries: an old password in another connector often does it.',
    },
  ],
])

const RESULTS: ReadonlyMap<number, Words> = new Map([
  [8, CLEAR_TEXT],
  [13, { ...CLEAR_TEXT, saw: CLEAR_TEXT.saw.replace('8, strong authentication', '13, confidentiality') }],
  [
    3,
    {
      code: 'time-limit',
      saw: 'The server gave up: its limit of time is reached (result 3).',
      remedy: 'Raise the limit for this account, or narrow base DN or filter.',
    },
  ],
  [
    4,
    {
      code: 'size-limit',
      saw: 'The server cut the list off: its limit of size is reached (result 4).',
      remedy:
        'Allow this account paged results without a limit, or narrow base DN or filter. Nothing was taken over.',
    },
  ],
  [
    11,
    {
      code: 'size-limit',
      saw: 'The server cut the list off: its administrative limit is reached (result 11).',
      remedy: 'Raise the limit for this account, or narrow base DN or filter. Nothing was taken over.',
    },
  ],
  [
    32,
    {
      code: 'no-such-base',
      saw: 'The base DN does not exist there (result 32).',
      remedy: 'Check the base DN. An account without the right to see it gets this answer too.',
    },
  ],
  [
    34,
    {
      code: 'dn-syntax',
      saw: 'The server cannot read the distinguished name (result 34).',
      remedy: 'Write it like DC=corp,DC=example or CN=sync,OU=Service,DC=corp,DC=example.',
    },
  ],
  [
    48,
    {
      code: 'sign-in-refused',
      saw: 'The account has no password to sign in with (result 48).',
      remedy: 'Give the account a password.',
    },
  ],
  [
    49,
    {
      code: 'wrong-password',
      saw: 'The directory refuses name and password (result 49).',
      remedy: 'Check both. OpenLDAP wants the whole distinguished name as the account’s name.',
    },
  ],
  [
    50,
    {
      code: 'no-rights',
      saw: 'The account may not read there (result 50, insufficient access).',
      remedy:
        'Give the account the right to read the people below the base DN. A plain user is enough in Active Directory.',
    },
  ],
  [
    53,
    {
      code: 'unwilling',
      saw: 'The server is unwilling (result 53).',
      remedy: 'Its text says why; an empty password or an unsigned connection are usual reasons.',
    },
  ],
])

/** The words for a refusal. Texts of servers are shortened, and never repeat what we sent. */
export function refusalFault(step: DirectoryStep, { result, text }: LdapRefusal): DirectoryFault {
  const data = /\bdata ([0-9a-f]{3,8})\b/i.exec(text)?.[1]?.toLowerCase() ?? ''
  const words = (result === 49 ? SIGN_IN.get(data) : undefined) ?? RESULTS.get(result)
  if (words !== undefined) return new DirectoryFault({ step, ...words })
  // Active Directory answers searches before sign-in with result 1.
  if (result === 1 && /bind must be completed/i.test(text))
    return new DirectoryFault({
      step,
      code: 'no-rights',
      saw: 'The server answers nobody who has not signed in.',
      remedy: 'Enter the account’s name and password.',
    })
  return new DirectoryFault({
    step,
    code: 'refused',
    saw: `The server answers with result ${result}${text === '' ? '' : `: ${shortened(text)}`}.`,
    remedy: 'Ask the administrator of the directory what this result means there.',
  })
}

/** The connection went away while a list was read. */
export function cutFault(step: DirectoryStep, why: string): DirectoryFault {
  return new DirectoryFault({
    step,
    code: 'cut-off',
    saw: `The connection to the directory broke off: ${shortened(why)}.`,
    remedy: 'The list is not whole, so nothing was taken over. The next run tries again.',
  })
}

function shortened(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim()
  return line.length > 200 ? `${line.slice(0, 200)}…` : line.replace(/\.$/, '')
}
