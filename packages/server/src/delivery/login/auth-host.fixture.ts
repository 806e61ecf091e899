// A host for tests that takes mail after AUTH only: what the sink answers with, one state a connection.
import { createHmac, randomBytes } from 'node:crypto'
import { type ScramKeys, scramKeysOf, serverSignature } from '#platform/scram-keys.ts'
import type { Answer, SinkConnection } from '../smtp-sink.fixture.ts'

export type AuthHost = {
  readonly mechanisms: readonly string[]
  readonly username: string
  readonly password: string
  /** Offered in clear, too. */
  readonly inClear?: boolean
}

type State = { isIn: boolean; next: ((text: string) => string) | null; readonly keys: ScramKeys }

const IN = '235 2.7.0 in'
const WRONG = '535 5.7.8 wrong'
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const said = (text: string): string => Buffer.from(text, 'base64').toString('utf8')

/** Answers as a host with one account does. */
export function authHost({ mechanisms, username, password, inClear = false }: AuthHost): Answer {
  const states = new WeakMap<SinkConnection, State>()
  const right = (name: string, secret: string): string =>
    name === username && secret === password ? IN : WRONG
  const begin = (state: State, name: string, first: string | undefined): string => {
    const ask = (challenge: string, next: (text: string) => string): string => {
      state.next = next
      return `334 ${challenge}`
    }
    const plain = (text: string): string => {
      const [authzid, user = '', secret = ''] = said(text).split('\0')
      return authzid === '' ? right(user, secret) : WRONG
    }
    switch (name) {
      case 'PLAIN':
        return first === undefined ? ask('', plain) : plain(first)
      case 'LOGIN':
        return ask(base64('User Name'), (user) =>
          ask(base64('Password'), (secret) => right(said(user), said(secret))),
        )
      case 'CRAM-MD5': {
        const challenge = `<${randomBytes(6).toString('hex')}@host.example>`
        const digest = createHmac('md5', password).update(challenge).digest('hex')
        return ask(base64(challenge), (text) => (said(text) === `${username} ${digest}` ? IN : WRONG))
      }
      case 'SCRAM-SHA-256':
        return scram(said(first ?? ''), state.keys, ask)
      default:
        return '504 5.5.4 unknown'
    }
  }
  return (line, connection) => {
    let state = states.get(connection)
    if (state === undefined) {
      state = { isIn: false, next: null, keys: scramKeysOf(password) }
      states.set(connection, state)
    }
    const { next } = state
    if (next !== null && line !== '<dot>') {
      state.next = null
      return heard(state, line === '*' ? '501 5.7.0 cancelled' : next(line))
    }
    if (line.startsWith('EHLO') && (connection.tls || inClear)) {
      const words = ['host.example', 'PIPELINING', ...(connection.tls ? [] : ['STARTTLS'])]
      return [...words.map((word) => `250-${word}`), `250 AUTH ${mechanisms.join(' ')}`].join('\r\n')
    }
    const [verb, name = '', first] = line.split(' ')
    if (verb === 'AUTH') return heard(state, begin(state, name, first))
    return verb === 'MAIL' && !state.isIn ? '530 5.7.0 Authentication required' : undefined
  }
}

function heard(state: State, reply: string): string {
  if (reply === IN) state.isIn = true
  return reply
}

function scram(
  first: string,
  keys: ScramKeys,
  ask: (challenge: string, next: (text: string) => string) => string,
): string {
  const bare = first.slice('n,,'.length)
  const nonce = `${/r=(.*)$/.exec(bare)?.[1]}${randomBytes(9).toString('base64')}`
  const ours = `r=${nonce},s=${keys.salt},i=${keys.iterations}`
  return ask(base64(ours), (text) => {
    const [, withoutProof = '', proof = ''] = /^(.*),p=(.*)$/.exec(said(text)) ?? []
    const message = `${bare},${ours},${withoutProof}`
    const signature = serverSignature(keys, message, Buffer.from(proof, 'base64'))
    return signature === null ? WRONG : ask(base64(`v=${signature}`), () => IN)
  })
}
