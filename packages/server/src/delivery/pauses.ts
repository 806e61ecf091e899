// Notices when the settings that say where mail goes have changed: what waits in memory goes the new way, and
// what was paused is looked at again.
import type { Clock } from '#platform/clock.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { Source } from './in-hand.ts'

export type PausesDeps = {
  readonly clock: Clock
  readonly settingsOf: (tenantId: string) => TenantSettings | null
  readonly sources: () => readonly Source[]
  /** Takes jobs of a tenant that now go another way out of memory. */
  readonly withdraw: (tenantId: string) => void
  /** There are due messages in this spool. */
  readonly wake: (source: Source) => void
}

/** A resumed route delivers within about this time. */
const LOOK_MS = 500
/** Messages woken at one go: the spool's thread has other work too. */
const MESSAGES_PER_GO = 200

export class Pauses {
  readonly #deps: PausesDeps
  /** Tenants with mail here, and the settings that mail was sorted by; null looks again in any case. */
  readonly #sortedBy = new Map<string, TenantSettings | null>()
  /** Spools whose paused mail could not be looked for yet. */
  readonly #unread = new Set<Source>()

  constructor(deps: PausesDeps) {
    this.#deps = deps
  }

  /**
   * Mail of this tenant was sorted by these settings. When other mail of it was sorted by others, comparing
   * the two ends says nothing: a pause that lasted less than a look would leave its mail behind for ever.
   */
  watch(tenantId: string, settings: TenantSettings | null): void {
    const known = this.#sortedBy.get(tenantId)
    if (known === undefined) this.#sortedBy.set(tenantId, settings)
    else if (known !== settings) this.#sortedBy.set(tenantId, null)
  }

  /** Something may have been paused by settings that are old by now. */
  distrust(tenantId: string): void {
    this.#sortedBy.set(tenantId, null)
  }

  /** Paused mail of an earlier life: the pause may have ended in between. */
  async takeOver(source: Source): Promise<void> {
    try {
      for (const tenantId of await source.spool.queue.pausedTenants()) this.distrust(tenantId)
      this.#unread.delete(source)
    } catch {
      // The disk refuses just now. Nothing else would ever wake this mail: it is asked for again at the next
      // look.
      this.#unread.add(source)
    }
  }

  /** Looks again and again until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#deps.clock.sleep(LOOK_MS, signal)
      if (!signal.aborted) for (const source of this.#unread) await this.takeOver(source)
      for (const [tenantId, before] of this.#sortedBy) {
        const now = this.#deps.settingsOf(tenantId)
        if (now === null || now === before || signal.aborted) continue
        this.#sortedBy.set(tenantId, now)
        if (before !== null && waysText(before) === waysText(now)) continue
        this.#deps.withdraw(tenantId)
        await this.#unpause(tenantId)
      }
    }
  }

  /** Everything paused becomes due; what is paused still is found so when it is taken up. */
  async #unpause(tenantId: string): Promise<void> {
    for (const source of this.#deps.sources()) {
      let after: string | null = null
      do {
        const look = { tenantId, after, now: this.#deps.clock.now(), limit: MESSAGES_PER_GO }
        const done: { readonly messages: number; readonly next: string | null } = await source.spool.queue
          .unpause(look)
          .catch(() => {
            // The disk refuses just now: it is tried again at the next look.
            this.distrust(tenantId)
            return { messages: 0, next: null }
          })
        if (done.messages > 0) this.#deps.wake(source)
        after = done.next
      } while (after !== null)
    }
  }
}

/** All that decides where mail goes and what TLS it must have there. */
function waysText({
  deliveryPaused,
  domains,
  routes,
  defaultRouteId,
  smartHostRouteId,
  rules = [],
  groups,
}: TenantSettings): string {
  const ofDomains = domains.map(({ name, routeId }) => [name, routeId])
  const ofRules = rules.filter(({ type }) => type === 'delivery-route' || type === 'secure-delivery')
  const members = ofRules.length === 0 ? null : groups
  return JSON.stringify([
    deliveryPaused,
    ofDomains,
    routes,
    defaultRouteId,
    smartHostRouteId,
    ofRules,
    members,
  ])
}
