// Address books of Google Workspace by the People API (X1, by an option): what people keep as contacts,
// addresses only; what Google collects by itself is left out.
import { BOOK_ENTRIES_MAX, bookPage } from './address-book.ts'
import type { Page, Part, SourceFault } from './source.ts'
import { type Answer, objectOf, objectsOf, textOf } from './web.ts'

export const PEOPLE_SCOPE = 'https://www.googleapis.com/auth/contacts.readonly'
const PAGE_SIZE = 1_000

export type PeopleReading = {
  /** Origin of the People API. */
  readonly people: string
  readonly get: (
    url: string,
    who: { readonly subject: string; readonly scope: string },
    signal: AbortSignal,
  ) => Promise<Answer>
  readonly part: Part
  readonly signal: AbortSignal
  readonly faultOf: (answer: Answer) => SourceFault
}

/** Reads the book of one user. */
export async function* readPeople(reading: PeopleReading): AsyncGenerator<Page> {
  const { people, get, part, signal, faultOf } = reading
  const contacts: (readonly string[])[] = []
  let token: string | null = null
  const seen = new Set<string>()
  do {
    const query = new URLSearchParams({ personFields: 'emailAddresses', pageSize: String(PAGE_SIZE) })
    if (token !== null) query.set('pageToken', token)
    const url = `${people}/v1/people/me/connections?${query}`
    const answer: Answer = await get(url, { subject: part.id, scope: PEOPLE_SCOPE }, signal)
    if (answer.status !== 200) throw faultOf(answer)
    const body = objectOf(answer.json)
    for (const person of objectsOf(body, 'connections')) {
      const addresses = objectsOf(person, 'emailAddresses').map((one) => textOf(one, 'value'))
      contacts.push(addresses.filter((address) => address !== null))
    }
    token = textOf(body, 'nextPageToken')
    // A listing that names a page twice leads in a circle.
    if (token !== null && seen.has(token)) break
    if (token !== null) seen.add(token)
  } while (token !== null && contacts.length < BOOK_ENTRIES_MAX)
  yield bookPage(part.title, contacts)
}
