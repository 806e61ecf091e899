// Readiness of the machine: certificate, console address, room on the disk, and the clock.
import { X509Certificate } from 'node:crypto'
import type { Said } from '@gatepost/contract/saying.ts'
import { say } from '@gatepost/contract/sayings.ts'
import { failed, type Look, notVerified, passed, warning } from './finding.ts'

const DAY_MS = 86_400_000
const EXPIRY_WARNING_DAYS = 14 // Renewal by ACME is due at 30; two weeks late means that it does not work.
const FREE_BYTES_MIN = 1_000_000_000 // A few of the largest messages at once.
const FREE_SHARE_MIN = 0.1

export const certificateLook: Look = {
  name: 'certificate',
  title: 'The certificate is public, current and ours',
  async look({ config, clock, certificate }) {
    const { hostname, tls } = config
    const pem = certificate()
    const files = remedyOf(tls)
    if (pem === null) return failed(say('ready.no-certificate'), files)
    let parsed: X509Certificate
    try {
      parsed = new X509Certificate(pem)
    } catch {
      return failed(
        say('ready.certificate-unreadable', { file: tls.certificateFile ?? say('ready.data-folder') }),
        files,
      )
    }
    const days = Math.floor((Date.parse(parsed.validTo) - clock.now()) / DAY_MS)
    if (days < 0) return failed(say('ready.certificate-expired', { count: -days }), say('ready.renew'))
    const isOwn = parsed.issuer === parsed.subject
    if (tls.certificateFile === null && isOwn) {
      return warning(say('ready.certificate-own'), files)
    }
    const named = { hostname, count: days }
    if (parsed.checkHost(hostname) === undefined) {
      return warning(say('ready.certificate-other', named), say('ready.use-named', { hostname }))
    }
    if (isOwn) {
      return warning(say('ready.certificate-self', named), files)
    }
    const life = (Date.parse(parsed.validTo) - Date.parse(parsed.validFrom)) / DAY_MS
    // Some authorities issue for six days: theirs are renewed by the day.
    if (days < Math.min(EXPIRY_WARNING_DAYS, life / 4)) {
      return warning(say('ready.certificate-expires', named), say('ready.renew'))
    }
    return passed(say('ready.certificate-right', named))
  },
}

/** Once certificates are fetched, the page of certificates says what keeps them away. */
function remedyOf({ acme }: Parameters<Look['look']>[0]['config']['tls']): Said {
  return say(acme === null ? 'ready.get-certificate' : 'ready.by-acme')
}

export const consoleLook: Look = {
  name: 'console-address',
  title: 'The console has an address for others',
  async look({ config }) {
    const { url, tlsListen } = config.http
    const remedy = say('ready.set-console')
    if (url === null && tlsListen !== null)
      return passed(say('ready.console-own', { hostname: config.hostname }))
    if (url === null) return warning(say('ready.console-local'), remedy)
    const { protocol, hostname } = new URL(url)
    if (/^(localhost|127\..*|\[::1\])$/.test(hostname)) {
      return warning(say('ready.console-hidden', { url }), remedy)
    }
    if (protocol !== 'https:') return failed(say('ready.console-plain', { url }), remedy)
    return passed(say('ready.console-right', { url }))
  },
}

export const diskLook: Look = {
  name: 'disk',
  title: 'The data folder has room',
  async look({ config, machine }) {
    const space = machine.space(config.data)
    if (space === null) return notVerified(say('ready.disk-unknown'), null)
    const share = space.freeBytes / space.totalBytes
    const saw = say('ready.disk', {
      free: gigabytes(space.freeBytes),
      total: gigabytes(space.totalBytes),
      share: Math.floor(share * 100),
    })
    const remedy = say('ready.free-space')
    if (space.freeBytes < FREE_BYTES_MIN) return failed(saw, remedy)
    return share < FREE_SHARE_MIN ? warning(saw, remedy) : passed(saw)
  },
}

export const clockLook: Look = {
  name: 'clock',
  title: 'The clock is right',
  async look({ clock }) {
    const time = new Date(clock.now()).toISOString().replace('T', ' ').slice(0, 16)
    return notVerified(say('ready.clock', { time }), say('ready.keep-clock'))
  },
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`
}
