// Whether the account that reads will go on doing so: passwords that expire, rights it does not need (D3).
import { filterValue, type LdapClient, type LdapEntry } from './client.ts'
import { firstOf } from './entry.ts'
import type { LdapServer } from './server.ts'

export type AccountRemarks = { readonly saw: string; readonly remedy: string }

/** ADS_UF_DONT_EXPIRE_PASSWD. */
const NEVER_EXPIRES = 0x10000
/** Milliseconds between 1601 and 1970, for the clock of Active Directory. */
const EPOCH_1601_MS = 11_644_473_600_000n
const NEVER = 0x7fff_ffff_ffff_ffffn
const ADMIN_GROUPS =
  /^cn=((domain|enterprise|schema) admins|administrators|account operators|organization management),/i
const ATTRIBUTES = [
  'userAccountControl',
  'pwdLastSet',
  'memberOf',
  'adminCount',
  'msDS-UserPasswordExpiryTimeComputed',
]

/** What to warn of; null when nothing was found. Never throws: this look is a courtesy. */
export async function accountRemarks(
  client: LdapClient,
  server: LdapServer,
  { userName, now }: { readonly userName: string; readonly now: number },
): Promise<AccountRemarks | null> {
  const own = await ownEntry(client, server, userName).catch(() => undefined)
  if (own === undefined)
    return server.isActiveDirectory
      ? null
      : {
          saw: 'The account has no entry of its own that it may read: it may be the server’s root account.',
          remedy: 'Use an account that may only read. The root account may change everything.',
        }
  const remarks = [passwordRemark(own, now), rightsRemark(own)].filter((remark) => remark !== null)
  if (remarks.length === 0) return null
  return {
    saw: remarks.map(({ saw }) => saw).join(' '),
    remedy: remarks.map(({ remedy }) => remedy).join(' '),
  }
}

async function ownEntry(
  client: LdapClient,
  { base, isActiveDirectory }: LdapServer,
  userName: string,
): Promise<LdapEntry | undefined> {
  if (/^[a-z.\d]+\s*=/i.test(userName)) {
    const search = {
      base: userName,
      scope: 'base',
      filter: '(objectClass=*)',
      attributes: ATTRIBUTES,
    } as const
    return (await client.some('permission', search, 1))[0]
  }
  if (!isActiveDirectory) return undefined
  const short = filterValue(userName.replace(/^.*\\/, ''))
  const filter = `(|(userPrincipalName=${short})(sAMAccountName=${short.replace(/@.*$/, '')}))`
  return (await client.some('permission', { base, scope: 'sub', filter, attributes: ATTRIBUTES }, 1))[0]
}

function passwordRemark(own: LdapEntry, now: number): AccountRemarks | null {
  const control = firstOf(own, 'useraccountcontrol')
  if (control === null || (Number(control) & NEVER_EXPIRES) !== 0) return null
  if (firstOf(own, 'pwdlastset') === '0')
    return {
      saw: 'The account must change its password.',
      remedy: 'Set a password and take the tick from “User must change password at next logon”.',
    }
  const ends = windowsTime(firstOf(own, 'msds-userpasswordexpirytimecomputed'))
  const when =
    ends === null ? 'by the rules of the domain' : `on ${new Date(ends).toISOString().slice(0, 10)}`
  const isOver = ends !== null && ends <= now
  return {
    saw: isOver ? 'The password of the account has expired.' : `The password of the account expires ${when}.`,
    remedy: 'Set “Password never expires” for this account; otherwise the synchronisation stops that day.',
  }
}

function rightsRemark(own: LdapEntry): AccountRemarks | null {
  const group = (own.values.get('memberof') ?? []).find((dn) => ADMIN_GROUPS.test(dn))
  if (group === undefined && firstOf(own, 'admincount') !== '1') return null
  const what =
    group === undefined ? 'an administrator’s protection' : (/^cn=([^,]+)/i.exec(group)?.[1] ?? group)
  return {
    saw: `The account has rights beyond a plain domain user (${what}).`,
    remedy: 'Use a plain domain user: reading people needs no more.',
  }
}

function windowsTime(text: string | null): number | null {
  if (text === null || !/^\d{1,19}$/.test(text)) return null
  const ticks = BigInt(text)
  return ticks === 0n || ticks >= NEVER ? null : Number(ticks / 10_000n - EPOCH_1601_MS)
}
