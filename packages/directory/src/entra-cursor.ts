// Where a listing of Graph stopped: the delta links, good only for the settings they were made with.
import type { EntraSettings } from './entra-settings.ts'
import { objectOf, parseJson, textOf } from './json.ts'

export type EntraCursor = {
  readonly users: string
  readonly groups: string
  readonly contacts: string | null
}

type Links = {
  readonly users: string | null
  readonly groups: string | null
  readonly contacts: string | null
}

/** As text for the next run; null when Graph gave no links. */
export function writeCursor({ users, groups, contacts }: Links, settings: EntraSettings): string | null {
  if (users === null || groups === null) return null
  return JSON.stringify({ version: 1, settings: madeWith(settings), users, groups, contacts })
}

/** Null where nothing can be continued: none, of another release, or made with other settings. */
export function readCursor(text: string | null, settings: EntraSettings): EntraCursor | null {
  const cursor = text === null ? null : objectOf(parseJson(text))
  if (cursor === null || cursor.version !== 1 || cursor.settings !== madeWith(settings)) return null
  const users = textOf(cursor, 'users')
  const groups = textOf(cursor, 'groups')
  return users === null || groups === null ? null : { users, groups, contacts: textOf(cursor, 'contacts') }
}

/** Settings that decide what a delta tells. A new secret continues, another tenant or attribute does not. */
const madeWith = ({ endpoints, tenant, clientId, guests, attributes }: EntraSettings): string =>
  JSON.stringify([endpoints.graph, tenant.toLowerCase(), clientId.toLowerCase(), guests, attributes])
