// Connections by the tenant whose mail they carry: one organisation's flood must leave room for the others.

/**
 * Counts sessions by tenant, from the first recipient of the tenant to the end of the session or its first
 * recipient of another. Who the tenant is shows only at RCPT, so a session without one counts for nobody.
 */
export class TenantConnections {
  readonly #max: number
  readonly #tenants = new Map<object, string>()
  readonly #counts = new Map<string, number>()

  /** `max` is this worker's share (decisions 23). */
  constructor(max: number) {
    this.#max = max
  }

  /** Counts a session in for a tenant; false when the tenant has as many as it may. */
  enter(session: object, tenantId: string): boolean {
    if (this.#tenants.get(session) === tenantId) return true
    const count = this.countOf(tenantId)
    if (count >= this.#max) return false
    this.leave(session)
    this.#tenants.set(session, tenantId)
    this.#counts.set(tenantId, count + 1)
    return true
  }

  /** The session ended, or carries another tenant's mail. Harmless when it was never counted. */
  leave(session: object): void {
    const tenantId = this.#tenants.get(session)
    if (tenantId === undefined) return
    this.#tenants.delete(session)
    const count = this.countOf(tenantId) - 1
    if (count > 0) this.#counts.set(tenantId, count)
    else this.#counts.delete(tenantId)
  }

  countOf(tenantId: string): number {
    return this.#counts.get(tenantId) ?? 0
  }
}
