// Heads of columns in lists of users, as people and the exports of directories write them.

/** Most telling first. */
export const EMAIL_HEADS = [
  'email',
  'emailaddress',
  'primarysmtpaddress',
  'windowsemailaddress',
  'mail',
  'mailaddress',
  'primaryemail',
  'smtpaddress',
  'emailadresse',
  'adressemail',
  'correo',
  'userprincipalname',
  'upn',
  'address',
] as const
export const NAME_HEADS = ['displayname', 'name', 'fullname', 'anzeigename', 'nom', 'nombre'] as const
export const FIRST_HEADS: ReadonlySet<string> = new Set(['firstname', 'givenname', 'vorname', 'prenom'])
export const LAST_HEADS: ReadonlySet<string> = new Set([
  'lastname',
  'surname',
  'sn',
  'familyname',
  'nachname',
])
export const ALIAS_HEADS: ReadonlySet<string> = new Set([
  'aliases',
  'alias',
  'proxyaddresses',
  'emailaliases',
  'emailaddresses',
  'otheraddresses',
  'othermails',
  'secondaryaddresses',
  'smtpaddresses',
  'additionaladdresses',
])

/** Columns that only we know by these words, so they stand for one thing. */
export const OTHER_HEADS: ReadonlyMap<string, 'password' | 'groups' | 'role' | 'enabled'> = new Map([
  ['password', 'password'],
  ['passwort', 'password'],
  ['initialpassword', 'password'],
  ['groups', 'groups'],
  ['group', 'groups'],
  ['gruppen', 'groups'],
  ['role', 'role'],
  ['rolle', 'role'],
  ['permissions', 'role'],
  ['enabled', 'enabled'],
  ['signin', 'enabled'],
  ['maysignin', 'enabled'],
  ['accountenabled', 'enabled'],
])

const ATTRIBUTE = /^\s*attr(?:ibute)?\s*[:.]\s*(\S.{0,99})$/i

/** The attribute that a head such as `attr:Department` names, or null. */
export function attributeOfHead(head: string): string | null {
  return ATTRIBUTE.exec(head)?.[1]?.trim() ?? null
}

const KNOWN: ReadonlySet<string> = new Set([
  ...EMAIL_HEADS,
  ...NAME_HEADS,
  ...FIRST_HEADS,
  ...LAST_HEADS,
  ...ALIAS_HEADS,
  ...OTHER_HEADS.keys(),
])

/** A head without spaces, marks, case and the `[Required]` of Google's template. */
export function headKeyOf(head: string): string {
  return head
    .normalize('NFKD')
    .replace(/\[required\]/gi, '')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
}

export function isKnownHead(text: string): boolean {
  return KNOWN.has(headKeyOf(text)) || attributeOfHead(text) !== null
}
