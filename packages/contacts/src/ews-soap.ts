// The two questions that Exchange's web service is asked: which items lie in Sent Items, and to whom they
// went.
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

/** In the name of a mailbox: the account needs the role ApplicationImpersonation. */
function envelope(mailbox: string, body: string): string {
  return (
    `<?xml version="1.0" encoding="utf-8"?><s:Envelope ${SPACES}><s:Header>` +
    `<t:RequestServerVersion Version="Exchange2007_SP1"/>` +
    `<t:ExchangeImpersonation><t:ConnectingSID>` +
    `<t:PrimarySmtpAddress>${escaped(mailbox)}</t:PrimarySmtpAddress>` +
    `</t:ConnectingSID></t:ExchangeImpersonation>` +
    `</s:Header><s:Body>${body}</s:Body></s:Envelope>`
  )
}
