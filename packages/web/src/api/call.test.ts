// The typed client: what it sends, what it parses, and how refusals come back as problems.
import { getConnect, skipStep } from '@gatepost/contract/connect.ts'
import { getSetup } from '@gatepost/contract/setup.ts'
import { updateTenant } from '@gatepost/contract/tenant.ts'
import { listUsers, removeUser } from '@gatepost/contract/user.ts'
import { previewUserImport } from '@gatepost/contract/user-import.ts'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { tenant, userImport } from '../../fixtures/organization.ts'
import { call, pathOf } from './call.ts'
import { fieldErrorsOf, isProblem, ProblemError } from './problem-error.ts'

type Sent = { readonly url: string; readonly init: RequestInit & { readonly headers: Headers } }

function answerWith(status: number, body: unknown): Sent[] {
  const sent: Sent[] = []
  vi.stubGlobal('fetch', (url: string, init: Sent['init']) => {
    sent.push({ url, init })
    const text = body === null ? null : JSON.stringify(body)
    return Promise.resolve(new Response(text, { status }))
  })
  return sent
}

const problem = {
  type: '/docs/api#problem-invalid-input',
  title: 'Some fields need attention',
  status: 422,
  name: 'invalid-input',
  detail: 'The primary domain cannot be used.',
  errors: [
    { path: '/organization/primaryDomain', message: 'Write the domain alone' },
    { path: '/organization/primaryDomain', message: 'a second remark' },
    { path: '/email', message: 'Write a full address' },
  ],
  requestId: 'req_1',
}

afterEach(() => vi.unstubAllGlobals())

describe('what is sent', () => {
  test('a read has no marker header, and its query leaves undefined out', async () => {
    const sent = answerWith(200, { items: [], next: null, total: 0 })
    await call(listUsers, {
      params: { tenant: 'a/b' },
      query: { limit: 10, search: 'o’neil', after: undefined },
    })
    expect(sent[0]?.url).toBe('/v1/tenants/a%2Fb/users?limit=10&search=o%E2%80%99neil')
    expect(sent[0]?.init.headers.has('x-gatepost')).toBe(false)
    expect(sent[0]?.init.credentials).toBe('same-origin')
  })

  test('a change carries X-Gatepost, its JSON and the revision it was made from', async () => {
    const sent = answerWith(200, tenant)
    const changed = await call(updateTenant, {
      params: { tenant: 'acme' },
      body: { name: 'Acme' },
      revision: 4,
    })
    expect(changed.name).toBe('Acme Ltd')
    expect(sent[0]?.init.method).toBe('PATCH')
    expect(sent[0]?.init.headers.get('x-gatepost')).toBe('1')
    expect(sent[0]?.init.headers.get('if-match')).toBe('"4"')
    expect(sent[0]?.init.body).toBe('{"name":"Acme"}')
  })

  test('a file is sent as it is', async () => {
    const sent = answerWith(201, userImport)
    const file = new Blob(['email\n'])
    await call(previewUserImport, { params: { tenant: 'acme' }, query: { fileName: 'a b.csv' }, file })
    expect(sent[0]?.url).toBe('/v1/tenants/acme/users/imports?fileName=a+b.csv')
    expect(sent[0]?.init.headers.get('content-type')).toBe('text/csv')
    expect(sent[0]?.init.body).toBe(file)
  })

  test('204 has no body to parse', async () => {
    answerWith(204, null)
    await expect(call(removeUser, { params: { tenant: 'acme', user: 'usr_1' } })).resolves.toEqual({})
  })

  test('a name missing in the address is a bug that shows', () => {
    expect(() => pathOf('/v1/tenants/{tenant}', new Map())).toThrow('needs tenant')
  })
})

describe('refusals', () => {
  test('a problem keeps name, detail, request id and field errors by form path', async () => {
    answerWith(422, problem)
    const error = await call(getSetup).catch((thrown: unknown) => thrown)
    expect(isProblem(error, 'invalid-input')).toBe(true)
    expect(error).toBeInstanceOf(ProblemError)
    expect((error as ProblemError).requestId).toBe('req_1')
    expect([...fieldErrorsOf(error)]).toEqual([
      ['organization.primaryDomain', 'Write the domain alone'],
      ['email', 'Write a full address'],
    ])
  })

  test('429 says how long to wait', async () => {
    answerWith(429, { ...problem, name: 'check-too-soon', status: 429, retryAfter: 8, errors: [] })
    const params = { tenant: 'acme', step: 'journaling' } as const
    const error = await call(skipStep, { params, body: { skipped: true } }).catch((thrown: unknown) => thrown)
    expect((error as ProblemError).retryAfter).toBe(8)
  })

  test('no connection says that mail keeps flowing', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('refused')))
    const error = await call(getSetup).catch((thrown: unknown) => thrown)
    expect(isProblem(error, 'unreachable')).toBe(true)
    expect((error as ProblemError).detail).toContain('Mail keeps flowing')
  })

  test('an answer of another shape is named, not shown as data', async () => {
    answerWith(200, { steps: 'none' })
    const error = await call(getConnect, { params: { tenant: 'acme' } }).catch((thrown: unknown) => thrown)
    expect(isProblem(error, 'strange-answer')).toBe(true)
    expect((error as ProblemError).detail).toContain('getConnect answered 200')
  })

  test('a proxy’s error page counts as unreachable', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('<html>', { status: 502 })))
    const error = await call(getSetup).catch((thrown: unknown) => thrown)
    expect(isProblem(error, 'unreachable')).toBe(true)
  })
})
