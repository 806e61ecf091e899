// Readiness of port 25 both ways: our own listener greets with our name, and outside mail hosts can be
// reached.
import { listOf, say } from '@gatepost/contract/sayings.ts'
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
      return failed(say('ready.no-mx-listener'), say('ready.set-mx-listener'))
    }
    const { host, port } = listener
    const greeting = await machine.greeting({ host: reachable(host), port })
    if (greeting.kind === 'failed') {
      return failed(
        say(`ready.port-${greeting.why}`, { address: `${host}:${port}` }),
        say('ready.edges-silent'),
      )
    }
    const [code, name] = greeting.text.split(/[ -]/)
    if (code !== '220') {
      return warning(
        say('ready.port-answers', { port: String(port), greeting: greeting.text }),
        say('ready.why-refuses'),
      )
    }
    if (name?.toLowerCase() !== hostname && !greeting.text.toLowerCase().includes(` ${hostname}`)) {
      return failed(
        say('ready.port-other', { port: String(port), greeting: greeting.text, hostname }),
        say('ready.other-program'),
      )
    }
    const seen = { port: String(port), greeting: greeting.text }
    if (port === MX_PORT) return passed(say('ready.port-greets', seen))
    return warning(say('ready.port-not-25', seen), say('ready.pass-port', { port: String(port) }))
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
      return notVerified(say('ready.no-host-known'), null)
    }
    const port = config.delivery.mxPort
    const tried = await Promise.all(
      targets.map(async (target) => ({
        ...target,
        greeting: await machine.greeting({ host: target.ip, port }),
      })),
    )
    const open = tried.find(({ greeting }) => greeting.kind === 'greeting')
    if (open) return passed(say('ready.outbound-open', { host: open.host, ip: open.ip, port: String(port) }))
    const all = tried.map(({ host, greeting }) =>
      greeting.kind === 'failed' ? say(`ready.tried-${greeting.why}`, { host }) : host,
    )
    return failed(
      say('ready.outbound-fails', { port: String(port), tried: listOf(all) }),
      say('ready.outbound-blocked', { port: String(port) }),
    )
  },
}

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
