// MTA-STS policies of domains outside: fetched over HTTPS when their record says that they are new, kept as
// long as they say (RFC 8461 §3.3 and §5).
import { normalizeIp } from '@gatepost/mail/ip.ts'
import type { Clock } from '#platform/clock.ts'
import type { Dns } from '#platform/dns-types.ts'
import { fetchText } from '#platform/https.ts'
import type { TargetGuard } from '#platform/target-guard.ts'
import { type MtaStsPolicy, readStsPolicy, readStsRecord } from './mta-sts-policy.ts'

export type StsAnswer =
  | { readonly kind: 'policy'; readonly policy: MtaStsPolicy; readonly expiresAt: number }
  /** No policy to follow; `why` where one is announced and cannot be had. */
  | { readonly kind: 'none'; readonly why: string | null }

export type MtaStsOptions = {
  readonly dns: Dns
  readonly clock: Clock
  readonly guard: TargetGuard
  /** 443, but in tests and sandboxes. */
  readonly port: number
  readonly ca?: string | undefined
  /** Policies outlive a restart: an attacker must not win by waiting for one. */
  readonly kept?: { readonly load: () => string | null; readonly save: (text: string) => void } | undefined
}

type Held = {
  readonly id: string
  readonly policy: MtaStsPolicy
  readonly fetchedAt: number
  readonly expiresAt: number
}

/** §3.3: a policy is 64 KiB at most, and a minute is enough to send it. */
const BYTES_MAX = 65_536
const FETCH_MS = 30_000
/** §3.3 asks for five minutes at least between attempts that fail. */
const RETRY_MS = 300_000
/** Domains whose policy or failure is remembered; the one unused for longest leaves first. */
const DOMAINS_MAX = 10_000
const SAVE_AFTER_MS = 1_000

export class MtaSts {
  readonly #options: MtaStsOptions
  readonly #held = new Map<string, Held>()
  readonly #failed = new Map<string, { readonly until: number; readonly why: string; readonly id: string }>()
  readonly #asking = new Map<string, Promise<StsAnswer>>()
  #isSaving = false

  constructor(options: MtaStsOptions) {
    this.#options = options
    for (const [domain, held] of readKept(options.kept?.load() ?? null)) this.#held.set(domain, held)
  }

  /**
   * The policy to follow for a recipient's domain. Never rejects; askers at the same time share a look-up.
   */
  policyOf(domain: string): Promise<StsAnswer> {
    const asking = this.#asking.get(domain)
    if (asking !== undefined) return asking
    const answer = this.#find(domain).finally(() => this.#asking.delete(domain))
    this.#asking.set(domain, answer)
    return answer
  }

  async #find(domain: string): Promise<StsAnswer> {
    const held = this.#heldOf(domain)
    const answer = await this.#options.dns.query({ name: `_mta-sts.${domain}`, type: 'TXT' })
    const id = answer.kind === 'found' ? readStsRecord(answer.records) : null
    // A record that went away, or cannot be looked up, does not end a policy before its time (§5.1).
    if (id === null) return held === null ? { kind: 'none', why: null } : told(held)
    if (held?.id === id && !this.#isHalfWay(held)) return told(held)
    const failed = this.#failed.get(domain)
    if (failed !== undefined && failed.id === id && failed.until > this.#options.clock.now())
      return held === null ? { kind: 'none', why: failed.why } : told(held)
    const fetched = await this.#fetch(domain)
    if (!fetched.ok) {
      this.#rememberFailure(domain, { id, why: fetched.why })
      return held === null ? { kind: 'none', why: fetched.why } : told(held)
    }
    const now = this.#options.clock.now()
    const expiresAt = now + fetched.value.maxAgeSeconds * 1000
    const fresh = { id, policy: fetched.value, fetchedAt: now, expiresAt }
    this.#hold(domain, fresh)
    return told(fresh)
  }

  /**
   * Past half of its life a policy is fetched again although its id is the same, so that it never runs out.
   */
  #isHalfWay({ fetchedAt, expiresAt }: Held): boolean {
    return this.#options.clock.now() > fetchedAt + (expiresAt - fetchedAt) / 2
  }

  #heldOf(domain: string): Held | null {
    const held = this.#held.get(domain)
    if (held === undefined) return null
    if (held.expiresAt > this.#options.clock.now()) return held
    this.#held.delete(domain)
    return null
  }

  async #fetch(domain: string) {
    const { dns, guard, port, ca } = this.#options
    const host = `mta-sts.${domain}`
    const [four, six] = await Promise.all([
      dns.query({ name: host, type: 'A' }),
      dns.query({ name: host, type: 'AAAA' }),
    ])
    const ips = [four, six].flatMap((answer) => (answer.kind === 'found' ? answer.records : []))
    const ip = ips
      .map((text) => normalizeIp(text))
      .find((one) => one !== null && guard.refusalOf(one, port) === null)
    if (ip === undefined || ip === null) return missing(`${host} has no address that may be connected to`)
    const path = '/.well-known/mta-sts.txt'
    const answer = await fetchText({ host, ip, port, path, ca, bytesMax: BYTES_MAX, timeoutMs: FETCH_MS })
    if (answer.kind === 'failed') return missing(`${host} could not be asked for it: ${answer.why}`)
    if (answer.status !== 200) return missing(`${host} answered ${answer.status}`)
    if (answer.mediaType !== 'text/plain')
      return missing(`${host} sent “${answer.mediaType}” instead of text/plain`)
    const read = readStsPolicy(answer.text)
    return read.ok ? read : missing(`the policy of ${host} cannot be read: ${read.why}`)
  }

  #rememberFailure(domain: string, { id, why }: { readonly id: string; readonly why: string }): void {
    this.#failed.delete(domain)
    this.#failed.set(domain, { id, why, until: this.#options.clock.now() + RETRY_MS })
    if (this.#failed.size > DOMAINS_MAX) this.#failed.delete(this.#failed.keys().next().value ?? '')
  }

  #hold(domain: string, held: Held): void {
    this.#failed.delete(domain)
    this.#held.delete(domain)
    this.#held.set(domain, held)
    if (this.#held.size > DOMAINS_MAX) this.#held.delete(this.#held.keys().next().value ?? '')
    void this.#saveSoon()
  }

  /** Many policies at once are one write. A disk that refuses costs no mail: they are fetched again. */
  async #saveSoon(): Promise<void> {
    const { kept, clock } = this.#options
    if (kept === undefined || this.#isSaving) return
    this.#isSaving = true
    await clock.sleep(SAVE_AFTER_MS)
    this.#isSaving = false
    try {
      kept.save(JSON.stringify({ format: 1, policies: [...this.#held] }))
    } catch {
      // Said above.
    }
  }
}

function told({ policy, expiresAt }: Held): StsAnswer {
  return policy.mode === 'none' ? { kind: 'none', why: null } : { kind: 'policy', policy, expiresAt }
}

function missing(why: string): { readonly ok: false; readonly why: string } {
  return { ok: false, why }
}

/** What an earlier run kept. A file of another format or a broken one counts as none. */
function readKept(text: string | null): readonly (readonly [string, Held])[] {
  try {
    const kept: unknown = JSON.parse(text ?? 'null')
    if (typeof kept !== 'object' || kept === null || !('format' in kept) || kept.format !== 1) return []
    return 'policies' in kept && Array.isArray(kept.policies) ? kept.policies.filter(isKept) : []
  } catch {
    return []
  }
}

function isKept(entry: unknown): entry is readonly [string, Held] {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return false
  const held = entry[1] as Partial<Held> | null
  const policy = held?.policy
  if (typeof held?.id !== 'string' || typeof held.expiresAt !== 'number') return false
  return typeof held.fetchedAt === 'number' && Array.isArray(policy?.mx) && typeof policy.mode === 'string'
}
