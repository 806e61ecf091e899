// Readiness of port 25 both ways: our own listener greets with our name, and outside mail hosts can be
// reached.
import { isPrivate } from '@gatepost/mail/ip.ts'
import type { Dns } from '#platform/dns-types.ts'
import { failed, type Look, notVerified, passed, type Sight, warning } from './finding.ts'

const MX_PORT = 25

/** Large mail hosts that are always there. We connect, read the greeting and quit. */
const WELL_KNOWN = ['gmail.com', 'outlook.com']

export const inboundPortLook: Look = {
  name: 'inbound-port',
  title: 'The inbound listener answers with our name',
  async look({ config: { hostname }, listening, machine }) {
    const listener = listening.find(({ role }) => role === 'mx')
    if (!listener) {
      return failed('No listener takes mail from the internet.', 'Set GATEPOST_SMTP_MX, such as 0.0.0.0:25.')
    }
    const { host, port } = listener
    const greeting = await machine.greeting({ host: reachable(host), port })
    if (greeting.kind === 'failed') {
      return failed(
        `The connection to ${host}:${port} ${WORDS[greeting.why]}.`,
        'The edge workers do not answer. Look into the log for what they say.',
      )
    }
    const [code, name] = greeting.text.split(/[ -]/)
    if (code !== '220') {
      return warning(
        `Port ${port} answers “${greeting.text}”.`,
        'Look into the log for why the edge refuses.',
      )
    }
    if (name?.toLowerCase() !== hostname && !greeting.text.toLowerCase().includes(` ${hostname}`)) {
      return failed(
        `Port ${port} greets with “${greeting.text}”, not with ${hostname}.`,
        'Another program answers on this port. Stop it, or choose another port by GATEPOST_SMTP_MX.',
      )
    }
    if (port === MX_PORT) return passed(`Port ${port} greets with “${greeting.text}”.`)
    return warning(
      `Port ${port} greets with “${greeting.text}”. Mail hosts on the internet connect to port ${MX_PORT}.`,
      `Pass port ${MX_PORT} on to ${port}, or set GATEPOST_SMTP_MX=0.0.0.0:${MX_PORT}.`,
    )
  },
}

export const outboundPortLook: Look = {
  name: 'outbound-port',
  title: 'Mail hosts on the internet can be reached',
  async look(sight) {
    const { machine, config } = sight
    const targets = (await Promise.all(WELL_KNOWN.map((domain) => mailHostOf(domain, sight)))).filter(
      (target) => target !== null,
    )
    if (targets.length === 0) {
      return notVerified('We know no mail host to try: the resolver names none.', null)
    }
    const port = config.delivery.mxPort
    const tried = await Promise.all(
      targets.map(async (target) => ({
        ...target,
        greeting: await machine.greeting({ host: target.ip, port }),
      })),
    )
    const open = tried.find(({ greeting }) => greeting.kind === 'greeting')
    if (open) return passed(`${open.host} (${open.ip}) answers on port ${port}.`)
    const saw = tried
      .map(({ host, greeting }) => `${host} ${greeting.kind === 'failed' ? WORDS[greeting.why] : ''}`)
      .join(', ')
    return failed(
      `Connections to port ${port} fail: ${saw}.`,
      `Many clouds and home lines block outgoing port ${port}. Ask the provider to open it, or set a smart host` +
        ' as the outbound route.',
    )
  },
}

const WORDS = {
  refused: 'is refused',
  'timed-out': 'gets no answer within 5 s',
  unreachable: 'finds no way there',
  closed: 'is closed without a greeting',
} as const

async function mailHostOf(
  domain: string,
  { dns }: Pick<Sight, 'dns'>,
): Promise<{ readonly host: string; readonly ip: string } | null> {
  const exchanges = await dns.query({ name: domain, type: 'MX' })
  if (exchanges.kind !== 'found') return null
  const [best] = exchanges.records.toSorted((left, right) => left.preference - right.preference)
  return best ? addressOf(dns, best.exchange) : null
}

async function addressOf(
  dns: Dns,
  host: string,
): Promise<{ readonly host: string; readonly ip: string } | null> {
  const answer = await dns.query({ name: host, type: 'A' })
  // A private address would be a made-up world's, and tells nothing of the way to the internet.
  const ip = answer.kind === 'found' ? answer.records.find((record) => !isPrivate(record)) : undefined
  return ip === undefined ? null : { host: host.replace(/\.$/, ''), ip }
}

/** An address one can connect to, for a listener on all addresses. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
