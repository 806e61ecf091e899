// Memory for files that are uploaded at the same time: bounded for all, and for each organisation, so that
// none of them takes it from the others.
import { problem } from '#control/problem.ts'

/** Eight of the largest lists. */
const BYTES_MAX = 160_000_000
/** Of one organisation. */
const SHARE_MAX = 60_000_000
const AGAIN_SECONDS = 10

export class UploadRoom {
  readonly #byTenant = new Map<string, number>()
  #all = 0

  /** Takes room, and returns what gives it back. Throws `too-many-attempts` where there is none. */
  take(tenantId: string, bytes: number): () => void {
    const mine = this.#byTenant.get(tenantId) ?? 0
    // A file that alone is more than a share is read when nothing else of the organisation is.
    const isOver = (mine > 0 && mine + bytes > SHARE_MAX) || (this.#all > 0 && this.#all + bytes > BYTES_MAX)
    if (isOver) {
      const detail = `Other files are being uploaded. Try again in ${AGAIN_SECONDS} seconds.`
      throw problem('too-many-attempts', detail, { retryAfterSeconds: AGAIN_SECONDS })
    }
    this.#add(tenantId, bytes)
    let isTaken = true
    return () => {
      if (isTaken) this.#add(tenantId, -bytes)
      isTaken = false
    }
  }

  #add(tenantId: string, bytes: number): void {
    this.#all += bytes
    const mine = (this.#byTenant.get(tenantId) ?? 0) + bytes
    if (mine === 0) this.#byTenant.delete(tenantId)
    else this.#byTenant.set(tenantId, mine)
  }
}
