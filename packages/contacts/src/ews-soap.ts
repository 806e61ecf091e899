// The questions that Exchange's web service is asked: which items lie in Sent Items and to whom they went,
// what address books hold, and which mailboxes there are.
import { escaped } from './xml.ts'

const SPACES = [
  'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"',
  'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"',
  'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"',
].join(' ')

/** Ids of the items sent in a span, oldest first, from an offset on. */
export function findItems(of: {
  readonly mailbox: string
  readonly offset: number
  readonly max: number
  readonly since: number | null
  readonly until: number
}): string {
  const before = comparison('IsLessThan', of.until)
  const after = of.since === null ? '' : comparison('IsGreaterThanOrEqualTo', of.since)
  const condition = after === '' ? before : `<t:And>${after}${before}</t:And>`
  return envelope(
    of.mailbox,
    `<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>` +
      `<m:IndexedPageItemView MaxEntriesReturned="${of.max}" Offset="${of.offset}" BasePoint="Beginning"/>` +
      `<m:Restriction>${condition}</m:Restriction>` +
      `<m:SortOrder><t:FieldOrder Order="Ascending">` +
      `<t:FieldURI FieldURI="item:DateTimeSent"/></t:FieldOrder></m:SortOrder>` +
      `<m:ParentFolderIds><t:DistinguishedFolderId Id="sentitems"/></m:ParentFolderIds></m:FindItem>`,
  )
}

function comparison(name: string, ms: number): string {
  const value = new Date(ms).toISOString()
  const constant = `<t:FieldURIOrConstant><t:Constant Value="${value}"/></t:FieldURIOrConstant>`
  return `<t:${name}><t:FieldURI FieldURI="item:DateTimeSent"/>${constant}</t:${name}>`
}

const FIELDS = [
  'item:ItemClass',
  'item:Subject',
  'item:DateTimeSent',
  'message:From',
  'message:ToRecipients',
  'message:CcRecipients',
  'message:BccRecipients',
]

/** Addresses, date and class of items: FindItem does not tell recipients. */
export function getItems(mailbox: string, ids: readonly string[]): string {
  const fields = FIELDS.map((name) => `<t:FieldURI FieldURI="${name}"/>`).join('')
  const items = ids.map((id) => `<t:ItemId Id="${escaped(id)}"/>`).join('')
  return envelope(
    mailbox,
    `<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>` +
      `<t:AdditionalProperties>${fields}</t:AdditionalProperties></m:ItemShape>` +
      `<m:ItemIds>${items}</m:ItemIds></m:GetItem>`,
  )
}

/** All folders below Contacts. */
export function findContactFolders(mailbox: string): string {
  return envelope(
    mailbox,
    `<m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>` +
      `<m:ParentFolderIds><t:DistinguishedFolderId Id="contacts"/></m:ParentFolderIds></m:FindFolder>`,
  )
}

/** Contacts of a folder with their addresses, from an offset on; a null folder is Contacts itself. */
export function findContacts(of: {
  readonly mailbox: string
  readonly folder: string | null
  readonly offset: number
  readonly max: number
}): string {
  const fields = [1, 2, 3].map((n) => {
    return `<t:IndexedFieldURI FieldURI="contacts:EmailAddress" FieldIndex="EmailAddress${n}"/>`
  })
  const folder =
    of.folder === null
      ? '<t:DistinguishedFolderId Id="contacts"/>'
      : `<t:FolderId Id="${escaped(of.folder)}"/>`
  return envelope(
    of.mailbox,
    `<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>` +
      `<t:AdditionalProperties>${fields.join('')}</t:AdditionalProperties></m:ItemShape>` +
      `<m:IndexedPageItemView MaxEntriesReturned="${of.max}" Offset="${of.offset}" BasePoint="Beginning"/>` +
      `<m:ParentFolderIds>${folder}</m:ParentFolderIds></m:FindItem>`,
  )
}

/** Mailboxes of the organisation whose names begin so; asked by the account itself. */
export function resolveNames(beginning: string): string {
  return envelope(
    null,
    `<m:ResolveNames ReturnFullContactData="false" SearchScope="ActiveDirectory">` +
      `<m:UnresolvedEntry>${escaped(beginning)}</m:UnresolvedEntry></m:ResolveNames>`,
  )
}

/** In the name of a mailbox: the account needs the role ApplicationImpersonation. */
function envelope(mailbox: string | null, body: string): string {
  const impersonation =
    mailbox === null
      ? ''
      : `<t:ExchangeImpersonation><t:ConnectingSID>` +
        `<t:PrimarySmtpAddress>${escaped(mailbox)}</t:PrimarySmtpAddress>` +
        `</t:ConnectingSID></t:ExchangeImpersonation>`
  return (
    `<?xml version="1.0" encoding="utf-8"?><s:Envelope ${SPACES}><s:Header>` +
    `<t:RequestServerVersion Version="Exchange2007_SP1"/>` +
    `${impersonation}</s:Header><s:Body>${body}</s:Body></s:Envelope>`
  )
}
