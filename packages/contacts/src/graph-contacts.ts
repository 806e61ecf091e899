// Address books of Microsoft 365 by Graph (X1, by an option): the default folder and all folders below it,
// addresses only.
import { BOOK_ENTRIES_MAX, bookPage } from './address-book.ts'
import { type GraphClient, graphFault } from './graph-client.ts'
import { type Page, type Part, SourceFault } from './source.ts'
import { type Answer, type Json, objectOf, objectsOf, textOf } from './web.ts'

const PERMISSION = 'Contacts.Read'
const PAGE_SIZE = 500
/** Folders of one mailbox; nobody keeps more by hand. */
const FOLDERS_MAX = 500

type Reading = { readonly client: GraphClient; readonly part: Part; readonly signal: AbortSignal }

/** Reads the book of one user; `part` is the user. */
export async function* readGraphBook(reading: Reading): AsyncGenerator<Page> {
  const root = `/users/${encodeURIComponent(reading.part.id)}`
  const contacts: (readonly string[])[] = []
  const read = async (folder: string): Promise<void> => {
    for await (const item of listed(reading, `${folder}/contacts?$select=emailAddresses&$top=${PAGE_SIZE}`)) {
      const addresses = objectsOf(item, 'emailAddresses').map((one) => textOf(one, 'address'))
      contacts.push(addresses.filter((address) => address !== null))
      if (contacts.length >= BOOK_ENTRIES_MAX) throw tooMany()
    }
  }
  await read(root)
  const folders = [`${root}/contactFolders?$select=id&$top=100`]
  for (let index = 0; index < folders.length; index += 1)
    for await (const folder of listed(reading, folders[index]!)) {
      const id = textOf(folder, 'id')
      if (id === null) continue
      const path = `${root}/contactFolders/${encodeURIComponent(id)}`
      await read(path)
      folders.push(`${path}/childFolders?$select=id&$top=100`)
      if (folders.length > FOLDERS_MAX) throw tooMany()
    }
  yield bookPage(reading.part.title, contacts)
}

async function* listed({ client, signal }: Reading, path: string): AsyncGenerator<Json> {
  let link: string | null = path
  const seen = new Set<string>()
  while (link !== null) {
    if (seen.has(link)) throw tooMany()
    seen.add(link)
    const answer: Answer = await client.get(link, signal)
    if (answer.status !== 200) throw bookFault(answer)
    const body = objectOf(answer.json)
    yield* objectsOf(body, 'value')
    link = textOf(body, '@odata.nextLink')
  }
}

/** A user without a mailbox is no reason to stop; a missing permission is. */
function bookFault(answer: Answer): SourceFault {
  const code = textOf(objectOf(objectOf(answer.json)?.error), 'code') ?? ''
  if (answer.status === 404 || /MailboxNotEnabled|MailboxNotSupported|ResourceNotFound/i.test(code))
    return new SourceFault({
      reach: 'part',
      saw: `There is no address book in Microsoft 365 (${code === '' ? answer.status : code}).`,
      remedy: 'Mailboxes on-premises are read by EWS.',
    })
  return graphFault(answer, PERMISSION)
}

const tooMany = () =>
  new SourceFault({
    reach: 'part',
    saw: 'The address book has no end.',
    remedy: 'Its sent items are read all the same.',
  })
