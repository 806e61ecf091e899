// An organisation with people for tests of signing in, and a browser that keeps cookies and follows redirects
// within the real HTTP application.
import { addressKey } from '@gatepost/mail/address.ts'
import { newId } from '@gatepost/server/platform/random.ts'
import { type TestControl, withControl } from '../control.ts'
import { addOrganisation } from '../store/fixtures.ts'

export const PASSWORD = 'river stone and seven owls'
export const HOME = 'http://localhost:8080'

export type Answer = {
  readonly status: number
  readonly json: { readonly [name: string]: unknown }
  readonly location: string | null
  readonly text: string
}

export type SignInPlace = {
  readonly control: TestControl
  readonly tenantId: string
  /** Adds an account; a role of null makes an end user's without any. */
  account(email: string, options?: AccountOptions): Promise<string>
  /** Adds a user of mail without an account. */
  user(email: string, options?: { readonly enabled?: boolean }): Promise<string>
  browser(from?: string): Browser
}

type AccountOptions = {
  readonly role?: 'super' | 'full' | 'basic' | 'help-desk' | 'end-user'
  readonly operator?: boolean
  readonly password?: string | null
  readonly tenantId?: string
}

export type Browser = {
  readonly cookies: Map<string, string>
  get(path: string): Promise<Answer>
  post(path: string, body?: unknown, method?: string): Promise<Answer>
  /** A form that another site's page posts. */
  postForm(path: string, fields: Readonly<Record<string, string>>): Promise<Answer>
}

export async function withPlace(work: (place: SignInPlace) => Promise<void>): Promise<void> {
  await withControl(async (control) => {
    const { deps } = control
    const { tenantId } = await addOrganisation(deps.store, 'Acme Trading', 'acme.example')
    await deps.store.db.deleteFrom('role_binding').where('tenant_id', '=', tenantId).execute()
    await deps.store.db.deleteFrom('person').execute()
    const app = control.app()
    await work({
      control,
      tenantId,
      account: (email, options = {}) => addAccount(control, email, { tenantId, ...options }),
      user: (email, options = {}) => addUser(control, email, { tenantId, enabled: true, ...options }),
      browser: (from = '192.0.2.9') => browserOf(app, from),
    })
  })
}

async function addAccount(
  { deps }: TestControl,
  email: string,
  { role = 'end-user', operator = false, password = PASSWORD, tenantId }: AccountOptions,
): Promise<string> {
  const now = deps.clock.now()
  const id = newId('adm', now)
  const name = email.split('@')[0] ?? ''
  await deps.store.db
    .insertInto('person')
    .values({
      id,
      email,
      email_key: addressKey(email),
      name,
      password: password === null ? '' : await deps.passwords.hash(password),
      operator: operator ? 1 : 0,
      password_set_at: now,
      created_at: now,
      updated_at: now,
    })
    .execute()
  const binding = { tenant_id: tenantId ?? '', person_id: id, role, created_at: now }
  await deps.store.db.insertInto('role_binding').values(binding).execute()
  return id
}

async function addUser(
  { deps }: TestControl,
  email: string,
  { tenantId, enabled }: { readonly tenantId: string; readonly enabled: boolean },
): Promise<string> {
  const now = deps.clock.now()
  const id = newId('usr', now)
  const key = addressKey(email)
  await deps.store.db
    .insertInto('user')
    .values({
      id,
      tenant_id: tenantId,
      email,
      email_key: key,
      name: 'Ulla User',
      name_key: 'ulla user',
      enabled: enabled ? 1 : 0,
      created_at: now,
      updated_at: now,
      revision: 1,
    })
    .execute()
  await deps.store.db
    .insertInto('user_address')
    .values({
      tenant_id: tenantId,
      address_key: key,
      address: email,
      user_id: id,
      is_primary: 1,
      domain: email.split('@')[1] ?? '',
      source: 'manual',
      created_at: now,
    })
    .execute()
  return id
}

type App = ReturnType<TestControl['app']>

/** What the application sees of the connection it came by. */
function connectionFrom(address: string) {
  return { incoming: { socket: { remoteAddress: address } } }
}

function browserOf(app: App, from: string): Browser {
  const cookies = new Map<string, string>()
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const headers = new Headers(init.headers)
    headers.set('host', 'localhost')
    if (cookies.size > 0)
      headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await app.request(new URL(path, HOME).href, { ...init, headers }, connectionFrom(from))
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    const text = await response.text()
    const isJson = (response.headers.get('content-type') ?? '').includes('json')
    return {
      status: response.status,
      json: isJson && text !== '' ? JSON.parse(text) : {},
      location: response.headers.get('location'),
      text,
    }
  }
  return {
    cookies,
    get: (path) => send(path, { method: 'GET' }),
    post: (path, body = {}, method = 'POST') =>
      send(path, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(method === 'DELETE' ? {} : { body: JSON.stringify(body) }),
      }),
    postForm: (path, fields) =>
      send(path, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: 'https://idp.example',
          'sec-fetch-site': 'cross-site',
        },
        body: new URLSearchParams(fields).toString(),
      }),
  }
}
