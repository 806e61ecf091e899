// Address books of Exchange on-premises (X1, by an option): Contacts and all folders below it, in the name of
// each mailbox, addresses only.
import { BOOK_ENTRIES_MAX, bookPage } from './address-book.ts'
import { answerTo, type Reading } from './ews-ask.ts'
import { findContactFolders, findContacts } from './ews-soap.ts'
import { type Page, SourceFault } from './source.ts'
import { attributeOf, childOf, childrenOf, nodeOf, type Xml } from './xml.ts'

const PAGE_SIZE = 500
/** Folders of one mailbox; nobody keeps more by hand. */
const FOLDERS_MAX = 500

/** Reads the book of one mailbox; `part` is the mailbox. */
export async function* readBook(reading: Reading): AsyncGenerator<Page> {
  const mailbox = reading.part.id
  const contacts: (readonly string[])[] = []
  for (const folder of [null, ...(await foldersOf(reading))]) {
    for (let offset: number | null = 0; offset !== null; ) {
      const question = findContacts({ mailbox, folder, offset, max: PAGE_SIZE })
      const found = childOf(await answerTo(reading, question, 'FindItem'), 'RootFolder')
      const items = childrenOf(childOf(found, 'Items'), 'Contact').map(nodeOf)
      for (const item of items) contacts.push(addressesOf(item))
      if (contacts.length > BOOK_ENTRIES_MAX) throw tooMany()
      const isLast = attributeOf(found, 'IncludesLastItemInRange') !== 'false' || items.length === 0
      const next: number = Number(attributeOf(found, 'IndexedPagingOffset') ?? offset + items.length)
      // An offset that does not move would never end.
      offset = isLast || next <= offset ? null : next
    }
  }
  yield bookPage(reading.part.title, contacts)
}

async function foldersOf(reading: Reading): Promise<readonly string[]> {
  const answer = await answerTo(reading, findContactFolders(reading.part.id), 'FindFolder')
  const folders = childrenOf(childOf(answer, 'RootFolder', 'Folders'), 'ContactsFolder')
  return folders
    .flatMap((folder) => attributeOf(childOf(nodeOf(folder), 'FolderId'), 'Id') ?? [])
    .slice(0, FOLDERS_MAX)
}

/** Addresses of the internet; EX addresses are inside. */
function addressesOf(item: Xml | null): readonly string[] {
  return childrenOf(childOf(item, 'EmailAddresses'), 'Entry').flatMap((entry) => {
    const node = nodeOf(entry)
    const routing = attributeOf(node, 'RoutingType') ?? 'SMTP'
    const text = typeof entry === 'string' ? entry : node?.['#text']
    return routing.toUpperCase() === 'SMTP' && typeof text === 'string' && text.includes('@') ? [text] : []
  })
}

const tooMany = () =>
  new SourceFault({
    reach: 'part',
    saw: 'The address book has no end.',
    remedy: 'Its sent items are read all the same.',
  })
