// All lists that edges get from their own tables when they start over, one after the other.
import type { FilledPage } from '#link/publisher.ts'
import type { Db } from '#store/open.ts'
import { fillKnownAuthors } from '../first-contact/store.ts'
import { fillSenders } from '../sender/fill-store.ts'

/** Cursors of the second list begin with this; those of the first are JSON. */
const AUTHORS = 'authors '

/** `db` must reach all tenants. The cursor is empty at first, then whatever `next` was. */
export async function fillLists(
  db: Db,
  { cursor, limit }: { readonly cursor: string; readonly limit: number },
): Promise<FilledPage> {
  if (!cursor.startsWith(AUTHORS)) {
    const { items, next } = await fillSenders(db, { cursor, limit })
    return { items, next: next ?? AUTHORS }
  }
  const { items, last } = await fillKnownAuthors(db, { after: placeOf(cursor.slice(AUTHORS.length)), limit })
  return { items, next: last === null ? null : AUTHORS + JSON.stringify(last) }
}

function placeOf(text: string): readonly [string, string] | null {
  if (text === '') return null
  const place: unknown = JSON.parse(text)
  return Array.isArray(place) && place.length === 2 ? [String(place[0]), String(place[1])] : null
}
