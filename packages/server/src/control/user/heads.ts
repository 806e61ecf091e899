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

const KNOWN: ReadonlySet<string> = new Set([
  ...EMAIL_HEADS,
  ...NAME_HEADS,
  ...FIRST_HEADS,
  ...LAST_HEADS,
  ...ALIAS_HEADS,
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
  return KNOWN.has(headKeyOf(text))
}
