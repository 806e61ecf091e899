// One DNS exchange on the wire: UDP with EDNS, TCP when truncated, id and question compared (RFC 1035, 6891,
// 7766).
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import dnsPacket, { type DecodedPacket, type StringRecordType } from 'dns-packet'
import type { DnsRecordType } from './dns-types.ts'

const EDNS_SIZE = 1232 // The size that passes without fragments (DNS flag day 2020).
const AUTHENTIC_DATA = 1 << 5

export type WireReply =
  | {
      readonly kind: 'reply'
      readonly packet: DecodedPacket
      readonly rcode: string
      readonly authenticated: boolean
    }
  | { readonly kind: 'failed'; readonly why: string }

export type WireQuestion = {
  readonly name: string
  readonly type: DnsRecordType
  /** `ip:port`, IPv6 in brackets. */
  readonly server: string
  readonly recursive: boolean
  readonly timeoutMs: number
}

/** Asks one server once; a time-out or a broken answer is `failed`, never an empty answer. */
export async function exchange(question: WireQuestion): Promise<WireReply> {
  const id = randomInt(0, 65_536)
  const query = dnsPacket.encode({
    type: 'query',
    id,
    flags: (question.recursive ? dnsPacket.RECURSION_DESIRED : 0) | AUTHENTIC_DATA,
    questions: [{ type: question.type as StringRecordType, name: question.name }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: EDNS_SIZE,
        flags: 0,
        ednsVersion: 0,
        extendedRcode: 0,
        options: [],
        flag_do: false,
      },
    ],
  })
  const overUdp = await send(question, (server, finish) => askUdp({ server, query, question, id, finish }))
  if (overUdp.kind === 'failed' || !overUdp.packet.flag_tc) return overUdp
  return send(question, (server, finish) => askTcp({ server, query, question, id, finish }))
}

type Finish = (reply: WireReply) => void
type Server = { readonly host: string; readonly port: number }
type Ask = {
  readonly server: Server
  readonly query: Uint8Array
  readonly question: WireQuestion
  readonly id: number
  readonly finish: Finish
}

function send(
  question: WireQuestion,
  ask: (server: Server, finish: Finish) => () => void,
): Promise<WireReply> {
  const server = serverOf(question.server)
  return new Promise((resolve) => {
    let close: (() => void) | null = null
    let settled = false
    const finish: Finish = (reply) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      close?.()
      resolve(reply)
    }
    const timer = setTimeout(() => {
      finish({ kind: 'failed', why: `no answer from ${question.server} in ${question.timeoutMs} ms` })
    }, question.timeoutMs)
    close = ask(server, finish)
    if (settled) close()
  })
}

function askUdp({ server, query, question, id, finish }: Ask): () => void {
  const socket = createSocket(server.host.includes(':') ? 'udp6' : 'udp4')
  socket.on('error', (error) => finish({ kind: 'failed', why: `${question.server}: ${error.message}` }))
  socket.on('message', (bytes) => {
    const reply = readReply(bytes, question, id)
    if (reply) finish(reply) // A packet with another id or question is somebody else's: keep waiting.
  })
  // A connected socket takes packets of this server alone.
  socket.connect(server.port, server.host, () => socket.send(query))
  let open = true
  return () => {
    if (open) socket.close()
    open = false
  }
}

function askTcp({ server, query, question, id, finish }: Ask): () => void {
  const socket = connect(server.port, server.host)
  const parts: Buffer[] = []
  socket.on('error', (error) =>
    finish({ kind: 'failed', why: `${question.server} by TCP: ${error.message}` }),
  )
  socket.on('connect', () => {
    const length = Buffer.alloc(2)
    length.writeUInt16BE(query.length)
    socket.write(Buffer.concat([length, query]))
  })
  socket.on('data', (chunk: Buffer) => {
    parts.push(chunk)
    const all = Buffer.concat(parts)
    if (all.length < 2 || all.length < 2 + all.readUInt16BE(0)) return
    const reply = readReply(all.subarray(2, 2 + all.readUInt16BE(0)), question, id)
    finish(reply ?? { kind: 'failed', why: `${question.server} answered another question` })
  })
  socket.on('close', () => finish({ kind: 'failed', why: `${question.server} closed the connection` }))
  return () => socket.destroy()
}

/** A packet as the answer to a question; null when it answers another one. Never throws. */
export function readReply(
  bytes: Buffer,
  question: Pick<WireQuestion, 'name' | 'type' | 'server'>,
  id: number,
): WireReply | null {
  let packet: DecodedPacket & { readonly rcode?: string }
  try {
    packet = dnsPacket.decode(bytes)
  } catch {
    return { kind: 'failed', why: `${question.server} sent an answer that cannot be read` }
  }
  const [asked] = packet.questions ?? []
  if (packet.id !== id) return null
  if (asked && (asked.name.toLowerCase() !== question.name.toLowerCase() || asked.type !== question.type))
    return null
  const rcode = packet.rcode ?? 'NOERROR'
  return { kind: 'reply', packet, rcode, authenticated: packet.flag_ad === true }
}

function serverOf(address: string): Server {
  const colon = address.lastIndexOf(':')
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) }
}
