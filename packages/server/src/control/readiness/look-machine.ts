// Readiness of the machine: certificate, console address, room on the disk, and the clock.
import { X509Certificate } from 'node:crypto'
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
    if (pem === null) return failed('There is no certificate, so STARTTLS cannot be offered.', files)
    let parsed: X509Certificate
    try {
      parsed = new X509Certificate(pem)
    } catch {
      return failed(`The certificate in ${tls.certificateFile ?? 'the data folder'} cannot be read.`, files)
    }
    const days = Math.floor((Date.parse(parsed.validTo) - clock.now()) / DAY_MS)
    if (days < 0)
      return failed(`The certificate expired ${-days} days ago.`, 'Renew it; new files are taken at once.')
    const isOwn = parsed.issuer === parsed.subject
    if (tls.certificateFile === null && isOwn) {
      return warning(
        'We use a certificate that we made ourselves. Mail is encrypted, but nobody can check who we are.',
        files,
      )
    }
    const until = `It is valid for ${days} more days.`
    if (parsed.checkHost(hostname) === undefined) {
      return warning(
        `The certificate is not for ${hostname}. ${until}`,
        `Use a certificate that names ${hostname}.`,
      )
    }
    if (isOwn) {
      return warning(`The certificate for ${hostname} is signed by itself. ${until}`, files)
    }
    const life = (Date.parse(parsed.validTo) - Date.parse(parsed.validFrom)) / DAY_MS
    // Some authorities issue for six days: theirs are renewed by the day.
    if (days < Math.min(EXPIRY_WARNING_DAYS, life / 4)) {
      return warning(
        `The certificate for ${hostname} expires in ${days} days.`,
        'Renew it; new files are taken at once.',
      )
    }
    return passed(`The certificate names ${hostname}. ${until}`)
  },
}

/** Once certificates are fetched, the page of certificates says what keeps them away. */
function remedyOf({ acme }: Parameters<Look['look']>[0]['config']['tls']): string {
  return acme === null
    ? 'Set GATEPOST_TLS_ACME_TERMS_AGREED=yes to have one fetched, ' +
        'or GATEPOST_TLS_CERTIFICATE and GATEPOST_TLS_KEY to the files of a public one.'
    : 'It is fetched by ACME: the page of certificates says what the authority answers.'
}

export const consoleLook: Look = {
  name: 'console-address',
  title: 'The console has an address for others',
  async look({ config }) {
    const { url, tlsListen } = config.http
    const remedy =
      'Set GATEPOST_HTTPS, or put a TLS proxy in front, and set GATEPOST_URL to its address, such as https://gate.example.net/.'
    if (url === null && tlsListen !== null)
      return passed(`The console answers as ${config.hostname}, with TLS of our own.`)
    if (url === null)
      return warning('The console answers on localhost, so links in mail lead nowhere for others.', remedy)
    const { protocol, hostname } = new URL(url)
    if (/^(localhost|127\..*|\[::1\])$/.test(hostname)) {
      return warning(`The console’s address is ${url}, which others cannot reach.`, remedy)
    }
    if (protocol !== 'https:') return failed(`The console’s address ${url} is not encrypted.`, remedy)
    return passed(`The console’s address is ${url}.`)
  },
}

export const diskLook: Look = {
  name: 'disk',
  title: 'The data folder has room',
  async look({ config, machine }) {
    const space = machine.space(config.data)
    if (space === null) return notVerified('The file system of the data folder does not tell.', null)
    const share = space.freeBytes / space.totalBytes
    const saw = `${gigabytes(space.freeBytes)} of ${gigabytes(space.totalBytes)} are free (${Math.floor(share * 100)} %).`
    const remedy = 'Free space or use a larger disk: without room, senders are told to come later (452).'
    if (space.freeBytes < FREE_BYTES_MIN) return failed(saw, remedy)
    return share < FREE_SHARE_MIN ? warning(saw, remedy) : passed(saw)
  },
}

export const clockLook: Look = {
  name: 'clock',
  title: 'The clock is right',
  async look({ clock }) {
    const time = new Date(clock.now()).toISOString().replace('T', ' ').slice(0, 16)
    return notVerified(
      `This machine says ${time} UTC. We have nothing to compare it with.`,
      'Keep it right by chrony or systemd-timesyncd: certificates, queues and logs depend on it.',
    )
  },
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`
}
