// The background of certificates: one node fetches what is due, and every node brings what was fetched into
// the files that its workers read.
import { join } from 'node:path'
import { FETCHED_FOLDER, writeFetched } from '#platform/fetched-certificates.ts'
import { newId } from '#platform/random.ts'
import { SYSTEM_TENANT } from '#store/schema.ts'
import { takeLease } from '../connect/store.ts'
import type { ControlDeps } from '../scope.ts'
import { type FetchDeps, fetchCertificate } from './fetch.ts'
import { allCertificates, certificateTimes, findCertificate, keepNames } from './store.ts'

const ROUND_MS = 1_000
/** Longer than one order may take. */
const LEASE_MS = 180_000

export type CertificateDeps = Pick<ControlDeps, 'store' | 'clock' | 'emit' | 'secrets' | 'dns' | 'config'> & {
  readonly order?: FetchDeps['order']
}

/** Runs until the signal aborts; ends at once where no certificate is fetched. */
export async function watchCertificates(deps: CertificateDeps, signal: AbortSignal): Promise<void> {
  const { store, clock, emit, config } = deps
  if (config.tls.acme === null) return
  const watch = new CertificateWatch(deps)
  const holder = store.dialect === 'sqlite' ? 'embedded' : newId('opr', clock.now())
  while (!signal.aborted) {
    try {
      await watch.bring()
      const now = clock.now()
      const lease = { holder, now, until: now + LEASE_MS, subject: 'certificates' } as const
      const isOurs = await takeLease(store.db, lease)
      if (isOurs && (await beforeEnd(watch.fetchDue(), signal))) await watch.bring()
    } catch (error) {
      if (!signal.aborted) emit('control.check.failed', { check: 'certificates', error })
    }
    await clock.sleep(ROUND_MS, signal)
  }
}

/** A stop does not wait for an authority: the order is begun anew at the next start. */
function beforeEnd(work: Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const stopped = (): void => resolve(false)
    signal.addEventListener('abort', stopped, { once: true })
    // After the stop nobody hears of what became of it.
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stopped))
  })
}

export class CertificateWatch {
  readonly #deps: CertificateDeps
  #brought = ''

  constructor(deps: CertificateDeps) {
    this.#deps = deps
  }

  /** Writes the files of this node where something was fetched since; workers take them at once. */
  async bring(): Promise<void> {
    const { store, secrets, config } = this.#deps
    const names = config.tls.acme?.names ?? []
    const times = await certificateTimes(store.db)
    const state = times.map(({ name, issued_at }) => `${name} ${issued_at}`).join('\n')
    if (state === this.#brought) return
    const rows = await allCertificates(store.db)
    const fetched = names.flatMap((name) => {
      const { chain, private_key: sealed } = rows.find((row) => row.name === name) ?? {}
      if (!chain || !sealed) return []
      const place = { tenantId: SYSTEM_TENANT, column: 'certificate.private_key', id: name } as const
      return [{ name, chain, key: secrets.open(sealed, place) }]
    })
    writeFetched(join(config.data, FETCHED_FOLDER), fetched)
    this.#brought = state
  }

  /** Fetches one certificate that is due; false when none is. */
  async fetchDue(): Promise<boolean> {
    const { store, clock, config } = this.#deps
    const { acme } = config.tls
    if (acme === null) return false
    const now = clock.now()
    const times = await certificateTimes(store.db)
    const isKept =
      times.length === acme.names.length &&
      times.every(({ name, directory }) => acme.names.includes(name) && directory === acme.directory)
    if (!isKept) {
      await store.transaction((trx) => keepNames(trx, acme.names, { directory: acme.directory, now }))
      return true
    }
    const due = times.filter(({ next_at }) => next_at <= now).toSorted((a, b) => a.next_at - b.next_at)[0]
    const row = due ? await findCertificate(store.db, due.name) : null
    if (row === null) return false
    await fetchCertificate(row, { ...this.#deps, acme, chance: Math.random })
    return true
  }
}
