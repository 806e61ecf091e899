// DNS of a made-up world for tests of control: records by question, one set for every server or one for each.
import type { Dns, DnsAnswer, DnsQuery, DnsRecordType } from '@gatepost/server/platform/dns-types.ts'

type Values = readonly string[] | 'failed'

export type MadeUpDns = {
  readonly dns: Dns
  /** Sets the answer to `MX acme.example`, at all servers or at one; MX values read `10 mx.gate.example`. */
  set(question: string, values: Values, server?: string): void
  remove(question: string): void
  /** Questions so far, such as `TXT acme.example`. */
  readonly asked: string[]
}

export const NAME_SERVERS = [
  { name: 'ns1.dns.example', address: '192.0.2.53:53' },
  { name: 'ns2.dns.example', address: '192.0.2.54:53' },
] as const

const TTL_S = 300

export function madeUpDns(): MadeUpDns {
  const everywhere = new Map<string, Values>()
  const single = new Map<string, Values>()
  const asked: string[] = []
  async function query<Type extends DnsRecordType>(wanted: DnsQuery<Type>): Promise<DnsAnswer<Type>> {
    const question = `${wanted.type} ${wanted.name.toLowerCase()}`
    const server = wanted.servers?.[0] ?? '192.0.2.1:53'
    asked.push(question)
    const values = single.get(`${server} ${question}`) ?? everywhere.get(question) ?? []
    if (values === 'failed') return { kind: 'failed', why: `${server} timed out`, server }
    if (values.length === 0) return { kind: 'none', ttl: TTL_S, authenticated: false, server }
    const records = values.map((value) => (wanted.type === 'MX' ? mxOf(value) : value))
    return { kind: 'found', records: records as never, ttl: TTL_S, authenticated: false, server }
  }
  return {
    asked,
    set(question, values, server) {
      if (server === undefined) everywhere.set(question, values)
      else single.set(`${server} ${question}`, values)
    },
    remove(question) {
      everywhere.delete(question)
      for (const key of single.keys()) if (key.endsWith(` ${question}`)) single.delete(key)
    },
    dns: {
      query,
      async authoritativeServers(name) {
        const failed = everywhere.get('NS') === 'failed'
        return failed
          ? { kind: 'failed', why: 'no server answered' }
          : { kind: 'found', zone: name, servers: NAME_SERVERS }
      },
      confirmedName: async () => ({ kind: 'none' }),
    },
  }
}

function mxOf(text: string): { readonly preference: number; readonly exchange: string } {
  const [preference = '0', exchange = ''] = text.split(' ')
  return { preference: Number(preference), exchange }
}
