// The search of Ctrl+K: asks the lists of an organisation for a few of each kind, and only those that the
// asker may read.
import type { Permission } from '@gatepost/contract/permission.ts'
import { SEARCH_HITS_MAX, SEARCH_LENGTH_MIN, type SearchHit } from '@gatepost/contract/search.ts'
import { listDomains } from '../domain/domain.ts'
import { listGroups } from '../policy/group.ts'
import { listPolicies } from '../policy/policy.ts'
import { listRoutes } from '../route/route.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { listServices } from '../service/service.ts'
import type { Tracking } from '../tracking/tracking.ts'
import { listUsers } from '../user/user.ts'

type Deps = ControlDeps & { readonly tracking: Pick<Tracking, 'listMessages'> }
type Asked = { readonly q: string; readonly held: readonly Permission[] }

/** At most five hits of each kind, in the order in which people look for them. */
export async function searchTenant(
  scope: Scope,
  { q, held }: Asked,
  deps: Deps,
): Promise<{ readonly items: SearchHit[] }> {
  if (q.length < SEARCH_LENGTH_MIN) return { items: [] }
  const finders: readonly [Permission, () => Promise<readonly SearchHit[]>][] = [
    ['users:read', () => usersOf(scope, q, deps)],
    ['domains:read', () => domainsOf(scope, q, deps)],
    ['policies:read', () => policiesOf(scope, q, deps)],
    ['routes:read', () => routesOf(scope, q, deps)],
    ['messages:read', () => messagesOf(scope, q, deps)],
  ]
  const allowed = finders.filter(([needs]) => held.includes(needs))
  const found = await Promise.all(allowed.map(([, find]) => find()))
  return { items: found.flat() }
}

async function usersOf(scope: Scope, search: string, deps: Deps): Promise<readonly SearchHit[]> {
  const { items } = await listUsers(scope, { search, limit: SEARCH_HITS_MAX }, deps)
  return items.map(({ email, name }) => ({
    kind: 'user',
    id: email,
    label: name === '' ? email : name,
    detail: email,
  }))
}

async function domainsOf(scope: Scope, q: string, deps: Deps): Promise<readonly SearchHit[]> {
  const { items } = await listDomains(scope, deps)
  return firstOf(
    items.filter(({ name, unicodeName }) => holds(q, name, unicodeName)),
    ({ name, state }) => ({ kind: 'domain', id: name, label: name, detail: state }),
  )
}

async function policiesOf(scope: Scope, search: string, deps: Deps): Promise<readonly SearchHit[]> {
  const query = { search, limit: SEARCH_HITS_MAX }
  const [policies, groups, services] = await Promise.all([
    listPolicies(scope, query, deps),
    listGroups(scope, query, deps),
    listServices(scope, deps),
  ])
  return [
    ...policies.items.map(({ id, name, type }) => ({
      kind: 'policy' as const,
      id,
      label: name,
      detail: type,
    })),
    ...groups.items.map(({ id, name, description }) => ({
      kind: 'group' as const,
      id,
      label: name,
      detail: description,
    })),
    ...firstOf(
      services.items.filter(({ name, value }) => holds(search, name, value)),
      ({ id, name, value }) => ({ kind: 'service', id, label: name, detail: value }),
    ),
  ]
}

async function routesOf(scope: Scope, q: string, deps: Deps): Promise<readonly SearchHit[]> {
  const { items } = await listRoutes(scope, deps)
  return firstOf(
    items.filter(({ name, host }) => holds(q, name, host)),
    ({ id, name, host }) => ({ kind: 'route', id, label: name, detail: host }),
  )
}

async function messagesOf(scope: Scope, search: string, deps: Deps): Promise<readonly SearchHit[]> {
  const { items } = await deps.tracking.listMessages(scope, { search, limit: SEARCH_HITS_MAX })
  return items.map(({ id, subject, reversePath, author, forwardPath, status }) => ({
    kind: 'message',
    id,
    label: subject ?? 'Without a subject',
    detail: `${author ?? reversePath ?? '<>'} → ${forwardPath ?? 'nobody'} · ${status}`,
  }))
}

function firstOf<Item>(items: readonly Item[], hit: (item: Item) => SearchHit): readonly SearchHit[] {
  return items.slice(0, SEARCH_HITS_MAX).map(hit)
}

/** Whether one of the texts holds the words, whatever their case. */
function holds(q: string, ...texts: readonly string[]): boolean {
  const wanted = q.toLowerCase()
  return texts.some((text) => text.toLowerCase().includes(wanted))
}
