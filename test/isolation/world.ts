// Two organisations and who asks, for the tests of the walls between them.
import type { Endpoint } from '@gatepost/contract/endpoint.ts'
import { listUsers } from '@gatepost/server/control/user/user.ts'
import { type TestControl, withControl } from '../control.ts'
import { addOrganisation } from '../store/fixtures.ts'
import { ENVIRONMENT, fill } from './fill.ts'
import { bodies, queries } from './samples.ts'

export type World = {
  readonly control: TestControl
  readonly acme: {
    readonly id: string
    readonly slug: string
    readonly ids: { readonly [name: string]: string }
  }
  readonly other: { readonly id: string }
  /** Super administrator of the other organisation, no operator. */
  readonly stranger: string
  send(endpoint: Endpoint, options: Sent): Promise<{ readonly status: number; readonly name: string }>
  /** The same with the whole answer. */
  ask(endpoint: Endpoint, options: Sent): Promise<Answer>
}
export type Answer = { readonly status: number; readonly name: string; readonly text: string }
export type Sent = {
  readonly tenant?: string
  readonly ids?: { readonly [name: string]: string }
  readonly cookie?: string
  /** An API token in the cookie's place. */
  readonly bearer?: string
  readonly query?: string
}

export async function withWorld(work: (world: World) => Promise<void>): Promise<void> {
  await withControl(async (control) => {
    const { deps } = control
    const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const { tenantId: other } = await addOrganisation(deps.store, 'Other', 'other.example')
    const app = control.app()
    const ask: World['ask'] = async (endpoint, { tenant = '', ids = {}, cookie, bearer, query: more }) => {
      const names = new Map(Object.entries({ ...ids, tenant }))
      const path = endpoint.path.replaceAll(
        /\{(\w+)\}/g,
        (_, name: string) => names.get(name) ?? `no-${name}`,
      )
      const asked = queries.get(endpoint.name)
      const needed = queryOf(asked, names)
      const query = more === undefined ? needed : `?${more}`
      const isRead = endpoint.method === 'GET'
      const body = endpoint.raw ? 'email\nnew@acme.example\n' : JSON.stringify(bodies[endpoint.name] ?? {})
      const type = endpoint.raw ? 'text/csv' : 'application/json'
      const headers = {
        host: 'localhost',
        'content-type': type,
        ...(cookie ? { cookie } : {}),
        ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
      }
      const init = { method: endpoint.method, headers, ...(isRead ? {} : { body }) }
      const response = await app.request(`http://localhost${path}${query}`, init, ENVIRONMENT)
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.includes('json') === true
      return { status: response.status, name: isJson ? ((JSON.parse(text).name ?? '') as string) : '', text }
    }
    const send: World['send'] = async (endpoint, options) => {
      const { status, name } = await ask(endpoint, options)
      return { status, name }
    }
    const owner = await control.person({ tenantId: scope.tenantId, role: 'super' })
    const ids = await fill(control, scope.tenantId, owner)
    const stranger = await control.person({ tenantId: other, role: 'super' })
    await work({
      control,
      acme: { id: scope.tenantId, slug: 'acme', ids },
      other: { id: other },
      stranger,
      send,
      ask,
    })
  })
}

/** Everything of an organisation that a foreign hand could change. */
export async function fingerprintOf({ deps }: TestControl, tenantId: string): Promise<unknown> {
  const { db } = deps.store
  const scope = { tenantId, actor: { kind: 'system', name: 'test' }, from: 'internal' } as const
  const [tenant, domains, routes, policies, groups, outbound, skips, audit, users, senders] =
    await Promise.all([
      db.selectFrom('tenant').selectAll().where('id', '=', tenantId).execute(),
      db.selectFrom('domain').selectAll().where('tenant_id', '=', tenantId).execute(),
      db.selectFrom('route').selectAll().where('tenant_id', '=', tenantId).execute(),
      db.selectFrom('policy').selectAll().where('tenant_id', '=', tenantId).execute(),
      db.selectFrom('address_group').selectAll().where('tenant_id', '=', tenantId).execute(),
      db.selectFrom('authorized_outbound').selectAll().where('tenant_id', '=', tenantId).execute(),
      db.selectFrom('step_skip').selectAll().where('tenant_id', '=', tenantId).execute(),
      db.selectFrom('audit').select('id').where('tenant_id', '=', tenantId).execute(),
      listUsers(scope, { limit: 500 }, deps),
      db.selectFrom('managed_sender').selectAll().where('tenant_id', '=', tenantId).execute(),
    ])
  return { tenant, domains, routes, policies, groups, outbound, skips, audit, users, senders }
}

/** `param` stands for the id of that name; `param=value` for itself. */
function queryOf(asked: string | undefined, names: ReadonlyMap<string, string>): string {
  if (asked === undefined) return ''
  return asked.includes('=') ? `?${asked}` : `?${asked}=${names.get(asked) ?? `no-${asked}`}`
}

/** The organisation without its audit log, in which refusals are noted. */
export function withoutLog(print: unknown): unknown {
  const { audit: _, ...rest } = print as { readonly audit: unknown }
  return rest
}
