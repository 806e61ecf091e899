// Makes a fresh Gatepost serve example.org through its HTTP API: administrator, domain, route, recipients.
import { setTimeout as pause } from 'node:timers/promises'
import { checkDomain, listDomains, updateDomain } from '@gatepost/contract/domain.ts'
import type { BodyIn, Endpoint, OutputOf } from '@gatepost/contract/endpoint.ts'
import { createPolicy, enablePolicy, listPolicies } from '@gatepost/contract/policy.ts'
import { addRoute } from '@gatepost/contract/route.ts'
import { completeSetup } from '@gatepost/contract/setup.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { commitUserImport, previewUserImport } from '@gatepost/contract/user-import.ts'
import type { DnsServer } from '@gatepost/sandbox/dns.ts'
import { DOMAIN, RECIPIENTS } from './target.ts'

export type ProvisionOptions = {
  readonly url: string
  readonly setupToken: string
  /** The DNS that Gatepost asks: the proof of ownership is published here. */
  readonly dns: DnsServer
  readonly sinkPort: number
}

/** The senders of the greylisting cell, and nobody else. */
const STRANGERS = {
  type: 'greylisting',
  name: 'Senders nobody has seen',
  from: { kind: 'domain', domain: 'new.example' },
  to: { kind: 'internal' },
  option: { action: 'apply' },
} as const

const READY_WITHIN_MS = 30_000
const POLL_MS = 200

/** Resolves once every edge knows the domain, its route and its recipients. */
export async function provision({ url, setupToken, dns, sinkPort }: ProvisionOptions): Promise<void> {
  const api = new Api(url)
  const { slug } = await api.call(completeSetup, { body: setupOf(setupToken) })
  const tenant = { tenant: slug }
  await proveDomain(api, tenant, dns)
  await api.call(addRoute, {
    params: tenant,
    body: { name: 'Bench sink', host: '127.0.0.1', port: sinkPort, tls: 'none', defaultFor: 'inbound' },
  })
  // W1 measures the way of a message; greylisting has a workload of its own (W2), with senders of its own,
  // and scores are compared with other scorers elsewhere.
  const { items } = await api.call(listPolicies, { params: tenant })
  for (const { id } of items.filter(({ type }) => type === 'greylisting' || type === 'spam-scanning')) {
    await api.call(enablePolicy, { params: { ...tenant, policy: id }, body: { enabled: false } })
  }
  await api.call(createPolicy, { params: tenant, body: { draft: STRANGERS, reason: '' } })
  const preview = await api.call(previewUserImport, { params: tenant, raw: recipientsCsv() })
  await api.call(commitUserImport, { params: { ...tenant, import: preview.id }, body: {} })
  await api.call(updateDomain, {
    params: { ...tenant, domain: DOMAIN },
    body: { recipientMode: 'known', unknownRecipient: 'reject' },
  })
  await waitUntil('the settings to be live', async () => {
    const { live, total } = await api.call(getLiveness, { params: tenant })
    return total > 0 && live === total
  })
}

function setupOf(token: string): BodyIn<typeof completeSetup> {
  const email = `postmaster@${DOMAIN}`
  return {
    token,
    administrator: { name: 'Bench', email, password: 'a password of the bench alone' },
    organization: {
      name: 'Bench',
      primaryDomain: DOMAIN,
      environment: 'other',
      emergencyContact: { name: 'Bench', email },
    },
  }
}

/** Publishes the proof record in our DNS and asks for checks until it is seen. */
async function proveDomain(api: Api, tenant: { readonly tenant: string }, dns: DnsServer): Promise<void> {
  const { items } = await api.call(listDomains, { params: tenant })
  const domain = items.find(({ name }) => name === DOMAIN)
  const proof = domain?.ownership.find(({ type }) => type === 'TXT')
  if (proof === undefined) throw new Error(`set-up made no domain ${DOMAIN} with a TXT record to prove it`)
  dns.zones.set(DOMAIN, 'NS', ['ns1.example.org.'])
  dns.zones.set('ns1.example.org', 'A', ['127.0.0.1'])
  dns.zones.set(proof.name, 'TXT', [proof.value])
  await waitUntil('the domain to be validated', async () => {
    try {
      const { state } = await api.call(checkDomain, { params: { ...tenant, domain: DOMAIN } })
      return state === 'validated'
    } catch (error) {
      if (error instanceof ApiProblem && error.text.includes('check-too-soon')) return false
      throw error
    }
  })
}

function recipientsCsv(): string {
  const rows = Array.from({ length: RECIPIENTS }, (_, n) => `u${n}@${DOMAIN},User ${n}\n`)
  return `email,name\n${rows.join('')}`
}

type CallOptions<E extends Endpoint> = {
  readonly params?: Readonly<Record<string, string>>
  readonly body?: BodyIn<E>
  /** A file instead of JSON. */
  readonly raw?: string
}

/** The API as the console uses it: JSON of the contract, a session cookie, our own origin. */
class Api {
  readonly #url: string
  #cookie = ''

  constructor(url: string) {
    this.#url = url
  }

  /** Rejects with an ApiProblem where the answer isn't the endpoint's own status. */
  async call<E extends Endpoint>(endpoint: E, options: CallOptions<E>): Promise<OutputOf<E>> {
    const { params = {}, body, raw } = options
    const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name] ?? ''))
    const hasBody = raw !== undefined || body !== undefined
    const response = await fetch(`${this.#url}${path}`, {
      method: endpoint.method,
      headers: {
        origin: this.#url,
        cookie: this.#cookie,
        ...(hasBody && { 'content-type': raw === undefined ? 'application/json' : 'text/csv' }),
      },
      ...(hasBody && { body: raw ?? JSON.stringify(body) }),
    })
    const [cookie] = response.headers.getSetCookie()
    if (cookie !== undefined) this.#cookie = cookie.split(';', 1)[0]!
    const text = await response.text()
    if (response.status === endpoint.status) return endpoint.output.parse(JSON.parse(text)) as OutputOf<E>
    throw new ApiProblem(`${endpoint.method} ${path}: ${response.status}`, text.slice(0, 500))
  }
}

class ApiProblem extends Error {
  readonly text: string

  constructor(what: string, text: string) {
    super(`${what} ${text}`)
    this.text = text
  }
}

async function waitUntil(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const until = performance.now() + READY_WITHIN_MS; performance.now() < until; await pause(POLL_MS)) {
    if (await isSo()) return
  }
  throw new Error(`waited too long for ${what}`)
}
