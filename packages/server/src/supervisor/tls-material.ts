// The certificates that listeners use, from the boot configuration: one way for edges and for the console.
import { join } from 'node:path'
import type { BootConfig } from '#boot/config-types.ts'
import type { Emit } from '#events/emit.ts'
import { systemClock } from '#platform/clock.ts'
import { ensureFetchedFolder, FETCHED_FOLDER } from '#platform/fetched-certificates.ts'
import { openTls, type TlsMaterial } from '#platform/tls.ts'
import { TICKET_KEY_FILE } from '#platform/tls-tickets.ts'

type Options = {
  readonly config: BootConfig
  readonly emit: Emit
  /** After each look at the files. */
  readonly reloaded?: () => void
}

/** Opens what is configured. A file that cannot be used is logged, and the one before stays in use. */
export function openListenerTls({ config, emit, reloaded }: Options): TlsMaterial {
  const { certificateFile: certificate, keyFile: key, further, acme } = config.tls
  const fetched = join(config.data, FETCHED_FOLDER)
  if (acme !== null) ensureFetchedFolder(fetched)
  return openTls({
    folder: join(config.data, 'keys'),
    hostname: config.hostname,
    now: systemClock.now(),
    ticketKeyFile: join(config.data, TICKET_KEY_FILE),
    files: certificate !== null && key !== null ? { certificate, key } : null,
    further,
    fetched: acme === null ? null : fetched,
    reloaded: (problem) => {
      if (problem !== null) emit('boot.failed', { what: 'TLS certificate', why: problem })
      reloaded?.()
    },
  })
}

/**
 * Made by the supervisor once, so that workers starting together do not each make one. Returns what is wrong
 * with the operator's own files, or null.
 */
export function prepareCertificates({ data, hostname, tls }: BootConfig): string | null {
  if (tls.acme !== null) ensureFetchedFolder(join(data, FETCHED_FOLDER))
  const { certificateFile: certificate, keyFile: key, further } = tls
  let fault: string | null = null
  openTls({
    folder: join(data, 'keys'),
    hostname,
    now: systemClock.now(),
    files: certificate !== null && key !== null ? { certificate, key } : null,
    further,
    reloaded: (problem) => {
      fault = problem
    },
  }).close()
  return fault
}
