// Call-forward: asks the mail host that would get the message whether it takes a recipient, and remembers the
// answer (R1). One connection answers many questions.
import { addressKey, formatMailbox } from '@gatepost/mail/address.ts'
import { isAsciiText } from '@gatepost/mail/bytes.ts'
import { type Reply, replyText } from '@gatepost/mail/reply.ts'
import type { CallForwardFact, CallForwardQuestion } from '#facts/sources.ts'
import { BoundedCache } from '#platform/bounded-cache.ts'
import type { Clock } from '#platform/clock.ts'
import { known, unknown } from '#policy/facts.ts'
import { type ConnectorDeps, openHop } from './connector.ts'
import { Deadlines } from './deadlines.ts'
import { Hosts } from './hosts.ts'
import { destinationKey, type NextHop, routeOf } from './route.ts'
import { ConnectionLost } from './smtp-connection.ts'
import { type Session, TIMEOUTS, type Timeouts } from './smtp-session.ts'
import { type ConnectorOptions, connectorDepsOf } from './wiring.ts'

/** Senders wait for RCPT five minutes (RFC 5321 §4.5.3.2.3); a slow host must not hold many sessions. */
const STEP_MS = 10_000
export const CALL_FORWARD_TIMEOUTS: Timeouts = {
  ...TIMEOUTS,
  connect: STEP_MS,
  greeting: STEP_MS,
  hello: STEP_MS,
  startTls: STEP_MS,
  login: STEP_MS,
  mail: STEP_MS,
  rcpt: STEP_MS,
}
/** A question is given up after this time, wherever it stands. */
const QUESTION_MS = 30_000
/** Answers remembered; those of a harvest push each other out, at some 200 bytes each. */
const ANSWERS_MAX = 50_000
/** People rarely leave within the hour, and new ones are to be reached soon. */
const ACCEPTED_MS = 3_600_000
const REFUSED_MS = 300_000
/** A host that does not answer is asked again soon, but not by every message meanwhile. */
const SILENT_MS = 15_000
/** Questions waiting for one host; more are unknown at once. */
const WAITING_MAX = 200
/** A connection is kept this long for the next question. */
const IDLE_MS = 5_000
/** Questions on one connection: some hosts end it after many recipients. */
const QUESTIONS_MAX = 50

/** Organisations may share a mail host; each asks by one connection. */
const PER_HOST_MAX = 10
const CONNECTIONS_MAX = 100

export type CallForwardDeps = {
  readonly clock: Clock
  readonly connector: ConnectorDeps
  readonly tenantOfDomain: (domain: string) => string | null
}

/** The asker of one worker, from what delivery is made of. */
export function callForwardOf(
  options: ConnectorOptions & { readonly clock: Clock } & Pick<CallForwardDeps, 'tenantOfDomain'>,
): CallForward {
  const { clock, tenantOfDomain } = options
  const hosts = new Hosts({ connectionsPerHost: PER_HOST_MAX, connections: CONNECTIONS_MAX })
  const deadlines = new Deadlines(clock)
  const connector = connectorDepsOf(options, { hosts, deadlines, timeouts: CALL_FORWARD_TIMEOUTS })
  return new CallForward({ clock, connector, tenantOfDomain })
}

/** Asks hosts of one worker, each by one connection at a time. */
export class CallForward {
  readonly #deps: CallForwardDeps
  readonly #answers = new BoundedCache<CallForwardFact>(ANSWERS_MAX)
  readonly #underWay = new Map<string, Promise<CallForwardFact>>()
  readonly #lines = new Map<string, Line>()

  constructor(deps: CallForwardDeps) {
    this.#deps = deps
  }

  /** At once when the answer is remembered. Never rejects: whatever goes wrong is unknown (law 4). */
  ask(question: CallForwardQuestion): CallForwardFact | Promise<CallForwardFact> {
    const { settings, forwardPath } = question
    const hop = this.#hopOf(question)
    if (hop.kind === 'paused' || hop.kind === 'none') return unknown(hop.why)
    const destination = destinationKey(settings.tenantId, hop)
    const key = `${destination} ${addressKey(forwardPath)}`
    const now = this.#deps.clock.now()
    const remembered = this.#answers.get(key, now)
    if (remembered !== undefined) return remembered
    const underWay = this.#underWay.get(key)
    if (underWay !== undefined) return underWay
    const asked = this.#askNow(destination, hop, question)
      .then((fact) => {
        this.#answers.set(key, fact, this.#deps.clock.now() + lifetimeOf(fact))
        return fact
      })
      .finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, asked)
    return asked
  }

  /** Ends all connections; questions that wait become unknown. */
  close(): void {
    for (const line of this.#lines.values()) line.close()
    this.#lines.clear()
  }

  #hopOf({ settings, forwardPath }: CallForwardQuestion) {
    const { tenantOfDomain } = this.#deps
    return routeOf({ settings, direction: 'inbound', domain: forwardPath.domain, tenantOfDomain })
  }

  #askNow(destination: string, hop: NextHop, question: CallForwardQuestion): Promise<CallForwardFact> {
    let line = this.#lines.get(destination)
    if (line === undefined) {
      line = new Line(hop, this.#deps, () => this.#lines.delete(destination))
      this.#lines.set(destination, line)
    }
    return line.ask(question)
  }
}

type Asked = {
  readonly question: CallForwardQuestion
  readonly until: number
  /** The connection ended when it was asked first: that says nothing, once. */
  readonly isAgain?: boolean
  readonly resolve: (fact: CallForwardFact) => void
}

/** The questions for one host, one after the other. */
class Line {
  readonly #hop: NextHop
  readonly #deps: CallForwardDeps
  readonly #ended: () => void
  readonly #waiting: Asked[] = []
  #wake: (() => void) | null = null
  #isRunning = false
  #isClosed = false

  constructor(hop: NextHop, deps: CallForwardDeps, ended: () => void) {
    this.#hop = hop
    this.#deps = deps
    this.#ended = ended
  }

  ask(question: CallForwardQuestion): Promise<CallForwardFact> {
    if (this.#isClosed || this.#waiting.length >= WAITING_MAX) {
      return Promise.resolve(unknown('too many recipients are being asked for'))
    }
    const { clock } = this.#deps
    const answered = new AbortController()
    return new Promise((resolve) => {
      const until = clock.now() + QUESTION_MS
      this.#waiting.push({
        question,
        until,
        resolve: (fact) => {
          resolve(fact)
          answered.abort()
        },
      })
      // Also while nothing is connected yet: a host with many silent addresses takes minutes for that alone.
      void clock.sleep(QUESTION_MS, answered.signal).then(() => resolve(TOO_SLOW))
      this.#wake?.()
      if (!this.#isRunning) void this.#run()
    })
  }

  close(): void {
    this.#isClosed = true
    for (const { resolve } of this.#waiting.splice(0)) resolve(unknown('the gateway is stopping'))
    this.#wake?.()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#waiting.length > 0) await this.#serve()
    this.#isRunning = false
    this.#ended()
  }

  /** One connection, from its opening until nobody asks any more. */
  async #serve(): Promise<void> {
    const opened = await openHop(this.#hop, this.#deps.connector).catch(brokenHop)
    if (opened.kind !== 'open') {
      const why =
        opened.kind === 'busy' ? 'the mail host has as many connections as it may' : opened.reply.text
      for (const { resolve } of this.#waiting.splice(0)) resolve(unknown(why))
      return
    }
    const { session } = opened
    try {
      for (let asked = 0; asked < QUESTIONS_MAX && session.connection.isOpen; asked += 1) {
        const next = this.#waiting.shift() ?? (await this.#idle())
        if (next === null) break
        const fact = await this.#answer(session, next, asked === 0 || next.isAgain === true)
        if (fact === null) {
          this.#waiting.unshift({ ...next, isAgain: true })
          break
        }
        next.resolve(fact)
      }
    } finally {
      session.connection.quit()
      void session.connection.closed.then(opened.release)
    }
  }

  /** Null where a connection that was used before had ended, or was about to: another one can tell. */
  async #answer(
    session: Session,
    { question, until }: Asked,
    isFinal: boolean,
  ): Promise<CallForwardFact | null> {
    if (this.#deps.clock.now() >= until) return TOO_SLOW
    try {
      return await askRecipient(session, question)
    } catch (error) {
      session.connection.destroy()
      if (!isFinal && error instanceof ConnectionLost && !error.isTimeout) return null
      return unknown(error instanceof Error ? error.message : String(error))
    }
  }

  async #idle(): Promise<Asked | null> {
    if (this.#isClosed) return null
    const slept = new AbortController()
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    await Promise.race([woken, this.#deps.clock.sleep(IDLE_MS, slept.signal)])
    slept.abort()
    this.#wake = null
    return this.#waiting.shift() ?? null
  }
}

const TOO_SLOW = unknown('the mail host is slow')

async function askRecipient(session: Session, question: CallForwardQuestion): Promise<CallForwardFact> {
  const { connection, capabilities } = session
  const forwardPath = formatMailbox(question.forwardPath)
  const reversePath = question.reversePath === null ? '' : formatMailbox(question.reversePath)
  const needsUtf8 = !isAsciiText(forwardPath + reversePath)
  if (needsUtf8 && !capabilities.smtpUtf8) return unknown('the mail host does not offer SMTPUTF8')
  const say = (line: string, ms: number): Promise<Reply> => {
    connection.write(`${line}\r\n`)
    return connection.reply(ms)
  }
  const mail = await say(
    `MAIL FROM:<${reversePath}>${needsUtf8 ? ' SMTPUTF8' : ''}`,
    CALL_FORWARD_TIMEOUTS.mail,
  )
  // It ends the session, and does not speak of the sender (RFC 5321 §3.8).
  if (mail.code === 421) throw new ConnectionLost(`the mail host ended the session: ${replyText(mail)}`)
  if (mail.code !== 250) return unknown(`the mail host does not take the sender: ${replyText(mail)}`)
  const reply = await say(`RCPT TO:<${forwardPath}>`, CALL_FORWARD_TIMEOUTS.rcpt)
  await say('RSET', CALL_FORWARD_TIMEOUTS.mail)
  return factOf(reply, session.target.host)
}

/**
 * Only a reply about the mailbox itself is a "no" (RFC 3463 §3.2): a host that refuses us, the sender or the
 * content has said nothing of the recipient.
 */
function factOf(reply: Reply, host: string): CallForwardFact {
  const said = replyText(reply)
  if (reply.code >= 200 && reply.code < 300) return known({ answer: 'accepted', host, said })
  const isAboutMailbox = reply.status === null || /^5\.(1|2)\./.test(reply.status)
  if ([550, 551, 553].includes(reply.code) && isAboutMailbox) return known({ answer: 'refused', host, said })
  return unknown(`${host} said: ${said}`)
}

function lifetimeOf(fact: CallForwardFact): number {
  if (fact.kind === 'unknown') return SILENT_MS
  return fact.value.answer === 'accepted' ? ACCEPTED_MS : REFUSED_MS
}

function brokenHop(error: unknown) {
  const text = error instanceof Error ? error.message : String(error)
  return { kind: 'failed', reply: { text } } as const
}
