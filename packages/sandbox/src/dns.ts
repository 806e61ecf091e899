// The DNS server of the small internet: authoritative for every name, over UDP and TCP on one port.
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'
import type { Parsed } from '@gatepost/mail/parsed.ts'
import type { Answer, DecodedPacket, Packet } from 'dns-packet'
import packet from 'dns-packet'
import { DnsFaults } from './dns-faults.ts'
import { type Clock, pause, systemClock } from './platform.ts'
import type { RecordType } from './record.ts'
import { formatZoneFile, importZone } from './zone-file.ts'
import { type RecordSet, Zones } from './zones.ts'

/** One question that was asked, for tests and for the page. */
export type QueryLogged = {
  readonly at: number
  readonly name: string
  readonly type: string
  readonly transport: 'udp' | 'tcp'
  readonly outcome: string
}

export type DnsServer = {
  /** `ip:port`, as the gateway's configuration takes it. */
  readonly address: string
  readonly port: number
  readonly zones: DnsZones
  readonly faults: DnsFaults
  readonly queries: () => readonly QueryLogged[]
  readonly clearQueries: () => void
  readonly stop: () => Promise<void>
}

/** The zones with their text forms; `store` is the same object for those who need look-ups and versions. */
export type DnsZones = {
  readonly store: Zones
  readonly set: (name: string, type: RecordType, values: readonly string[], ttl?: number) => void
  readonly get: (name: string, type: RecordType) => readonly string[]
  readonly remove: (name: string, type?: RecordType) => void
  readonly list: () => RecordSet[]
  readonly importZone: (text: string) => Parsed<number>
  readonly exportZone: (domain?: string) => string
  readonly setSigned: (domain: string, signed: boolean) => void
}

export type DnsOptions = { readonly port?: number; readonly host?: string; readonly clock?: Clock }

const QUERIES_KEPT = 2000
const TCP_CONNECTIONS_MAX = 256
const TCP_IDLE_MS = 10_000
/** RFC 1035 §4.2.1 for clients without EDNS; 4096 is the most that we send to those with it. */
const UDP_SIZE_DEFAULT = 512
const UDP_SIZE_MAX = 4096
const BIND_ATTEMPTS = 10
const RCODES = new Map([
  ['NOERROR', 0],
  ['FORMERR', 1],
  ['SERVFAIL', 2],
  ['NXDOMAIN', 3],
  ['NOTIMP', 4],
  ['REFUSED', 5],
])

/** Starts the server; `port` 0 (the default) takes a free one that UDP and TCP share. */
export async function startDns(options: DnsOptions = {}): Promise<DnsServer> {
  const host = options.host ?? '127.0.0.1'
  const clock = options.clock ?? systemClock
  const zones = new Zones()
  const faults = new DnsFaults()
  const stopped = new AbortController()
  const log: QueryLogged[] = []
  const answer = (query: Buffer, transport: 'udp' | 'tcp') => {
    const record = (entry: Omit<QueryLogged, 'at' | 'transport'>) => {
      log.push({ at: clock.now(), transport, ...entry })
      if (log.length > QUERIES_KEPT) log.splice(0, log.length - QUERIES_KEPT)
    }
    return answerQuery({ query, transport, zones, faults, record, signal: stopped.signal })
  }
  const { tcp, udp, port } = await bind(host, options.port ?? 0)
  const connections = new Set<Socket>()
  tcp.on('connection', (socket) => serveTcp(socket, connections, answer))
  udp.on('message', (query, client) => {
    void answer(query, 'udp').then((reply) => {
      if (reply !== null && !stopped.signal.aborted) udp.send(reply, client.port, client.address)
    })
  })
  return {
    address: `${host}:${port}`,
    port,
    zones: withTexts(zones),
    faults,
    queries: () => [...log],
    clearQueries: () => void log.splice(0),
    stop: async () => {
      stopped.abort()
      for (const socket of connections) socket.destroy()
      await Promise.all([
        new Promise((done) => tcp.close(done)),
        new Promise((done) => udp.close(() => done(null))),
      ])
    },
  }
}

function withTexts(store: Zones): DnsZones {
  return {
    store,
    set: (name, type, values, ttl) => store.set(name, type, values, ttl),
    get: (name, type) => store.get(name, type),
    remove: (name, type) => store.remove(name, type),
    list: () => store.list(),
    importZone: (text) => importZone(store, text),
    exportZone: (domain) => {
      const sets = store.list()
      const inside = (name: string) => domain === undefined || name === domain || name.endsWith(`.${domain}`)
      return formatZoneFile(sets.filter((set) => inside(set.name)))
    },
    setSigned: (domain, signed) => store.setSigned(domain, signed),
  }
}

type Question = {
  readonly query: Buffer
  readonly transport: 'udp' | 'tcp'
  readonly zones: Zones
  readonly faults: DnsFaults
  readonly record: (entry: { name: string; type: string; outcome: string }) => void
  readonly signal: AbortSignal
}

/** The bytes to send back, or null where silence is the answer. */
async function answerQuery(question: Question): Promise<Buffer | null> {
  let decoded: DecodedPacket
  try {
    decoded = packet.decode(question.query)
  } catch {
    return question.query.length >= 2 ? encodeReply({ id: question.query.readUInt16BE(0) }, 'FORMERR') : null
  }
  const asked = decoded.questions?.[0]
  if (decoded.flag_qr || asked === undefined) return null
  const { name, type } = asked
  const fault = question.faults.for(name)
  if (fault?.kind === 'timeout') {
    question.record({ name, type, outcome: 'no answer' })
    return null
  }
  if (fault?.kind === 'delay') await pause(fault.delayMs, question.signal)
  if (fault?.kind === 'servfail' || fault?.kind === 'refused') {
    const rcode = fault.kind === 'servfail' ? 'SERVFAIL' : 'REFUSED'
    question.record({ name, type, outcome: rcode })
    return encodeReply({ id: decoded.id, questions: [asked] }, rcode)
  }
  const found = question.zones.lookUp(name, type)
  question.record({
    name,
    type,
    outcome: found.rcode === 'NOERROR' ? `${found.answers.length} records` : found.rcode,
  })
  const edns = decoded.additionals?.find((record) => record.type === 'OPT')
  const flags =
    packet.AUTHORITATIVE_ANSWER |
    packet.RECURSION_AVAILABLE |
    (decoded.flag_rd ? packet.RECURSION_DESIRED : 0) |
    (found.secure ? packet.AUTHENTIC_DATA : 0)
  const reply: Packet = {
    id: decoded.id,
    flags,
    questions: [asked],
    answers: [...found.answers],
    authorities: found.soa === null ? [] : [found.soa],
    additionals: edns === undefined ? [] : [optRecord()],
  }
  const encoded = encodeReply(reply, found.rcode)
  const limit = question.transport === 'tcp' ? 65_535 : udpLimit(edns)
  if (encoded.length <= limit) return encoded
  // RFC 2181 §9: a truncated answer sends the client to TCP; we leave the records out altogether.
  return encodeReply(
    { ...reply, flags: flags | packet.TRUNCATED_RESPONSE, answers: [], authorities: [] },
    found.rcode,
  )
}

function encodeReply(reply: Packet, rcode: string): Buffer {
  const flags = (reply.flags ?? 0) | (RCODES.get(rcode) ?? 2)
  return packet.encode({ ...reply, type: 'response', flags })
}

function optRecord(): Answer {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: UDP_SIZE_MAX,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  }
}

function udpLimit(edns: Answer | undefined): number {
  if (edns?.type !== 'OPT') return UDP_SIZE_DEFAULT
  return Math.min(UDP_SIZE_MAX, Math.max(UDP_SIZE_DEFAULT, edns.udpPayloadSize))
}

type AnswerFunction = (query: Buffer, transport: 'udp' | 'tcp') => Promise<Buffer | null>

/** Messages over TCP have a length of two octets in front (RFC 1035 §4.2.2) and may come several at once. */
function serveTcp(socket: Socket, connections: Set<Socket>, answer: AnswerFunction): void {
  if (connections.size >= TCP_CONNECTIONS_MAX) return void socket.destroy()
  connections.add(socket)
  socket.setTimeout(TCP_IDLE_MS, () => socket.destroy())
  socket.on('close', () => connections.delete(socket))
  socket.on('error', () => socket.destroy())
  let buffered: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk])
    while (buffered.length >= 2 && buffered.length >= 2 + buffered.readUInt16BE(0)) {
      const end = 2 + buffered.readUInt16BE(0)
      const query = buffered.subarray(2, end)
      buffered = buffered.subarray(end)
      void answer(query, 'tcp').then((reply) => {
        if (reply === null || socket.destroyed) return
        const length = Buffer.alloc(2)
        length.writeUInt16BE(reply.length)
        socket.write(Buffer.concat([length, reply]))
      })
    }
  })
}

/**
 * Takes one port for both transports; with port 0 the number that TCP got may be taken for UDP, so it tries
 * again.
 */
async function bind(host: string, port: number): Promise<{ tcp: Server; udp: UdpSocket; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const tcp = createServer()
    await new Promise<void>((resolve, reject) => {
      tcp.once('error', reject)
      tcp.listen(port, host, resolve)
    })
    const address = tcp.address()
    const taken = typeof address === 'object' && address !== null ? address.port : port
    const udp = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    try {
      await new Promise<void>((resolve, reject) => {
        udp.once('error', reject)
        udp.bind(taken, host, resolve)
      })
      udp.on('error', () => {})
      return { tcp, udp, port: taken }
    } catch (error) {
      udp.close()
      await new Promise((done) => tcp.close(done))
      if (port !== 0 || attempt === BIND_ATTEMPTS) throw error
    }
  }
}
