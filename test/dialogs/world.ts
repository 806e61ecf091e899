// Composes a real edge in a made-up world, and reads the world's description from a dialog.
import { createSecureContext } from 'node:tls'
import { CREDENTIAL_COLUMN } from '@gatepost/server/edge/credential.ts'
import { Edge } from '@gatepost/server/edge/edge.ts'
import { Listener, type ListenerOptions } from '@gatepost/server/edge/listener.ts'
import { createScreener } from '@gatepost/server/facts/screening/screener.ts'
import type { Screener } from '@gatepost/server/facts/screening/screening.ts'
import type { CallForwardFact, CallForwardQuestion } from '@gatepost/server/facts/sources.ts'
import type { DnsRecordType } from '@gatepost/server/platform/dns-types.ts'
import { digestOf } from '@gatepost/server/platform/random.ts'
import { newPassword, scramKeysOf } from '@gatepost/server/platform/scram-keys.ts'
import { createSecretBox } from '@gatepost/server/platform/secret-box.ts'
import { selfSigned } from '@gatepost/server/platform/tls.ts'
import { known, unknown } from '@gatepost/server/policy/facts.ts'
import { SRS_COLUMN } from '@gatepost/server/policy/forwarding.ts'
import type { PolicyRule, Scope } from '@gatepost/server/policy/rule.ts'
import type { DomainSettings, RecipientMode, TenantSettings } from '@gatepost/server/policy/settings.ts'
import { nameSkeleton } from '@gatepost/server/policy/skeleton.ts'
import { VirtualClock } from './clock.ts'
import { FakeDns, FakeHolder, FakeSpool } from './fakes.ts'
import { GreylistInMemory } from './greylist.ts'
import { addEntry, addGroup, addRule } from './rules.ts'
import { spoofingRulesOf } from './spoofing-rules.ts'

export type Ports = { readonly mx: number; readonly submission: number; readonly implicitTls: number }

const box = createSecretBox()

/** Made once: generating a key takes longer than a dialog. */
const certificate = selfSigned('mx.gate.example', Date.now())
const secureContext = createSecureContext({
  cert: certificate.certificate,
  key: certificate.key,
  minVersion: 'TLSv1.2',
})

export class World {
  readonly clock = new VirtualClock()
  readonly dns = new FakeDns()
  readonly spool = new FakeSpool()
  readonly holder = new FakeHolder()
  readonly greylist = new GreylistInMemory(this.clock)
  /** Whom the mail host was asked for. */
  readonly askedHost: { readonly recipient: string; readonly isNull: boolean }[] = []
  readonly events: { readonly name: string; readonly fields: object }[] = []
  /** Ids handed on to delivery. */
  readonly offered: string[] = []
  readonly #config = new Map<string, string>()
  #edge: Edge | null = null

  get edge(): Edge {
    if (this.#edge === null) throw new Error('the edge is not open yet')
    return this.#edge
  }

  /** Reads one line of description; false when it is none. */
  describe(line: string): boolean {
    const [word = '', ...rest] = line.split(' ')
    const text = rest.join(' ')
    if (word === 'tenant') this.#tenant(text)
    else if (word === 'dns') this.#record(text)
    else if (word === 'config') this.#configure(rest)
    else if (word === 'rule') addRule(this.holder, text, this.clock.now())
    else if (word === 'group') addGroup(this.holder, text)
    else if (word === 'list') addEntry(this.holder, text)
    else return false
    return true
  }

  async open(): Promise<Ports> {
    const number = (name: string, fallback: number): number => Number(this.#config.get(name) ?? fallback)
    this.#edge = new Edge({
      hostname: this.#config.get('hostname') ?? 'mx.gate.example',
      limits: {
        messageBytes: number('messageBytes', 10_000_000),
        recipientsPerMessage: number('recipientsPerMessage', 100),
        connections: number('connections', 1_000),
        connectionsPerClient: number('connectionsPerClient', 20),
        connectionsPerTenant: number('connectionsPerTenant', 1_000),
        commandErrors: number('commandErrors', 10),
        unknownRecipients: number('unknownRecipients', 50),
      },
      workers: 1,
      trustedProxies: this.#config.get('trusted') === 'none' ? [] : ['127.0.0.1'],
      holder: this.holder,
      dns: this.dns,
      spool: this.spool,
      greylist: this.greylist.of(0),
      clock: this.clock,
      emit: (name, fields = {}) => this.events.push({ name, fields }),
      secrets: this.#config.get('secrets') === 'lost' ? createSecretBox() : box,
      tlsContext: () => (this.#config.get('tls') === 'off' ? null : secureContext),
      callForward: (question) => this.#askHost(question),
      screener: this.#screener(),
      onAccepted: (envelope) => this.offered.push(envelope.id),
    })
    const listen = async (role: ListenerOptions['role'], implicitTls: boolean): Promise<number> => {
      const listener = new Listener(this.edge, { host: '127.0.0.1', port: 0, role, implicitTls })
      return (await listener.listen({ reusePort: false })).port
    }
    const mx = await listen('mx', false)
    return { mx, submission: await listen('submission', false), implicitTls: await listen('mx', true) }
  }

  async close(): Promise<void> {
    if (this.#edge === null) return
    for (const session of this.#edge.sessions) session.destroy()
    let isClosed = false
    const closing = this.#edge.close({ withinMs: 100 }).finally(() => {
      isClosed = true
    })
    while (!isClosed) await this.clock.advance(50)
    await closing
  }

  #tenant(text: string): void {
    const colon = text.indexOf(':')
    const domain = colon === -1 ? text : text.slice(0, colon)
    const parts = new Map<string, string[]>()
    for (const part of colon === -1 ? [] : text.slice(colon + 1).split(';')) {
      const [name = '', ...values] = part.trim().split(/\s+/)
      parts.set(name, values)
    }
    const tenantId = domain.split('.')[0]!
    const settings: TenantSettings = {
      tenantId,
      slug: tenantId,
      revision: Number(parts.get('revision')?.[0] ?? 1),
      domains: [domain, ...(parts.get('also') ?? [])].map((name) => ({
        id: `dom_${name}`,
        name,
        recipientMode: (parts.get('mode')?.[0] ?? 'known') as RecipientMode,
        ...modeOf(parts),
        unknownRecipient: parts.get('unknown')?.[0] === 'defer' ? 'defer' : 'reject',
        routeId: null,
      })),
      authorizedOutbounds: (parts.get('authorized') ?? []).map((cidr) => ({ id: `out_${cidr}`, cidr })),
      routes: [],
      defaultRouteId: null,
      smartHostRouteId: null,
      postmaster: parts.get('postmaster')?.[0] ?? null,
      ...outboundParts(parts, tenantId),
      ...(parts.has('archiving') ? ({ archiving: true } as const) : {}),
      ...(parts.has('sealers') ? { arcSealers: parts.get('sealers')! } : {}),
      ...(parts.has('journal') ? { journal: parts.get('journal')! } : {}),
      rules: [...this.#rulesOf(parts), ...spoofingRulesOf(parts, domain)],
    }
    this.holder.tenants.push(settings)
    for (const user of parts.get('users') ?? []) {
      this.holder.recipients.set(user.includes('@') ? user : `${user}@${domain}`, 'form')
    }
    for (const user of parts.get('directory') ?? []) {
      this.holder.recipients.set(`${user}@${domain}`, 'directory')
    }
    for (const person of parts.get('people') ?? []) {
      const [user = '', name = ''] = person.split('=')
      const key = `person ${nameSkeleton(name.replaceAll('_', ' '))}`
      this.holder.entries.set(key, { address: `${user}@${domain}` })
    }
  }

  /**
   * `greylisting apply` for everybody, `greylisting-for <sender> none` for one, `permitted <sender>`, and
   * `authentication dmarc=honour spf=hold`.
   */
  #rulesOf(parts: ReadonlyMap<string, readonly string[]>): readonly PolicyRule[] {
    const [action] = parts.get('greylisting') ?? []
    const [sender = '', exempt = 'none'] = parts.get('greylisting-for') ?? []
    const rules: PolicyRule[] = []
    if (action !== undefined) rules.push(greylistingRule('everyone', { kind: 'everyone' }, action))
    if (sender !== '') rules.push(greylistingRule(sender, { kind: 'address', address: sender }, exempt))
    for (const address of parts.get('permitted') ?? []) rules.push(permit(address))
    const results = parts.get('authentication')
    if (results !== undefined) rules.push(authenticationRule(results))
    return rules
  }

  #record(text: string): void {
    const [name = '', type = '', ...rest] = text.split(' ')
    if (type === 'fails') this.dns.fail(name)
    else if (type === 'MX') {
      this.dns.add(name, 'MX', { preference: Number(rest[0]), exchange: rest[1] })
    } else this.dns.add(name, type as DnsRecordType, rest.join(' '))
  }

  /** `config host-knows=ann,bob`: whom the mail host takes; without it the host is silent. */
  #askHost({ forwardPath, reversePath }: CallForwardQuestion): CallForwardFact {
    const list = this.#config.get('host-knows')
    this.askedHost.push({ recipient: forwardPath.localPart, isNull: reversePath === null })
    if (list === undefined) return unknown('the mail host does not answer')
    const isKnown = list.split(',').includes(forwardPath.localPart)
    const said = isKnown ? '250 2.1.5 Ok' : '550 5.1.1 No such user'
    return known({ answer: isKnown ? 'accepted' : 'refused', host: 'mail.acme.example', said })
  }

  /** `clamd=PORT` scans; `file=OCTETS` is the largest file that it looks at. */
  #screener(): Screener {
    const port = this.#config.get('clamd')
    const octets = this.#config.get('file')
    return createScreener({
      emit: (name, fields = {}) => this.events.push({ name, fields }),
      clamd: port === undefined ? null : { kind: 'tcp', host: '127.0.0.1', port: Number(port) },
      scannedFileOctets: octets === undefined ? undefined : Number(octets),
    })
  }

  #configure(pairs: readonly string[]): void {
    for (const pair of pairs) {
      const [name = '', value = ''] = pair.split('=')
      this.#config.set(name, value)
    }
    if (this.#config.get('snapshot') === 'none') this.holder.hasSnapshot = false
    if (this.#config.get('replica') === 'down') this.holder.hasReplica = false
  }
}

/**
 * `credential printer=PASSWORD` (a login), `cloud microsoft-365 id=GUID secret=TEXT` (sends through it, from
 * 40.107.0.0/16), `forward ann=bob@else.example keep` and `suspect author=ann@acme.example:hold`.
 */
function outboundParts(
  parts: ReadonlyMap<string, readonly string[]>,
  tenantId: string,
): Partial<TenantSettings> {
  const [provider, ...facts] = parts.get('cloud') ?? []
  const named = (name: string) =>
    facts.filter((fact) => fact.startsWith(`${name}=`)).map((fact) => fact.slice(name.length + 1))
  const secret = named('secret')[0]
  const place = (id: string) => ({ tenantId, column: CREDENTIAL_COLUMN, id })
  return {
    credentials: (parts.get('credential') ?? []).map((text) => {
      const [username = '', password = newPassword()] = text.split('=')
      const id = `cre_${username}`
      return { id, username, keys: box.seal(JSON.stringify(scramKeysOf(password)), place(id)) }
    }),
    clouds:
      provider === undefined
        ? []
        : [
            {
              provider: provider as 'microsoft-365',
              ranges: ['40.107.0.0/16', '2a01:111:f403::/49'],
              tenantIds: named('id'),
              secretDigest: secret === undefined ? null : digestOf(secret),
            },
          ],
    forwardings: (parts.get('forward') ?? []).flatMap((text, at, all) => {
      const [address = '', target = ''] = text.split('=')
      if (target === '') return []
      return [{ id: `fwd_${at}`, address, target, keepCopy: all[at + 1] === 'keep' }]
    }),
    srsKey: box.seal('a key of this world', { tenantId, column: SRS_COLUMN, id: tenantId }),
    suspects: (parts.get('suspect') ?? []).map((text) => {
      const [kind = '', rest = ''] = text.split('=')
      const [identity = '', action = ''] = rest.split(':')
      return { kind: kind as 'author', identity, action: action as 'hold' }
    }),
    ...(parts.has('hourly') ? { hourlyRecipients: Number(parts.get('hourly')![0]) } : {}),
  }
}

/** `mode call-forward null accept`: the empty sender, take whom the host is silent on; `learning-for 60s`. */
function modeOf(parts: ReadonlyMap<string, readonly string[]>): Partial<DomainSettings> {
  const [mode, sender, whenSilent] = parts.get('mode') ?? []
  const [days] = parts.get('learning-for') ?? []
  if (mode === 'call-forward') {
    return {
      callForward: {
        sender: sender === 'null' ? 'null' : 'original',
        whenSilent: whenSilent === 'accept' ? 'accept' : 'defer',
      },
    }
  }
  return days === undefined
    ? {}
    : { learningUntil: Date.UTC(2026, 10, 21, 12) + Number.parseInt(days, 10) * 1_000 }
}

function permit(address: string): PolicyRule<'permitted-senders'> {
  const option = { action: 'permit', onlyIfAuthenticated: false } as const
  return { ...common(address, { kind: 'address', address }), type: 'permitted-senders', option }
}

function authenticationRule(results: readonly string[]): PolicyRule<'authentication'> {
  const action = (name: string) =>
    results.find((text) => text.startsWith(`${name}=`))?.split('=')[1] ?? 'none'
  const option = {
    spfFail: action('spf'),
    dkimFail: action('dkim'),
    dmarcFail: action('dmarc'),
    noneFound: action('none'),
  } as PolicyRule<'authentication'>['option']
  return { ...common('authentication', { kind: 'everyone' }), type: 'authentication', option }
}

function greylistingRule(name: string, from: Scope, action: string): PolicyRule<'greylisting'> {
  const option = { action: action as 'apply' | 'observe' | 'none' }
  return { ...common(name, from), type: 'greylisting', option }
}

function common(name: string, from: Scope): Omit<PolicyRule<'greylisting'>, 'type' | 'option'> {
  return {
    id: `pol_${name}`,
    name,
    from,
    to: { kind: 'everyone' },
    addressesBasedOn: 'envelope',
    bidirectional: false,
    sourceIps: [],
    hostNames: [],
    validFrom: null,
    validUntil: null,
    override: false,
    createdAt: 0,
  }
}
