// Mail transactions over a session: groups of commands where pipelining is offered, and what each recipient
// got.
import type { Reply } from '@gatepost/mail/reply.ts'
import type { TrackedReply } from '#link/reports.ts'
import type { DueRecipient, Envelope } from '#spool/spool.ts'
import { type EnvelopePlan, planEnvelope } from './capabilities.ts'
import { unmetNeed } from './content-needs.ts'
import { ConnectionLost } from './smtp-connection.ts'
import { lostReply, type Session, type Timeouts, tracked } from './smtp-session.ts'

/** What is sent: an envelope, some of its recipients, and how its content is had. */
export type Letter = {
  readonly envelope: Envelope
  readonly recipients: readonly DueRecipient[]
  /**
   * The content as it goes over the wire: its pieces where it is in memory, or streamed. At once where
   * nothing has to be read or signed for it.
   */
  content(): WireContent | Promise<WireContent>
}

export type WireContent = readonly Uint8Array[] | AsyncIterable<Uint8Array>

export type ResultKind = 'delivered' | 'transient' | 'permanent' | 'ambiguous'

export type RecipientResult = {
  readonly recipient: DueRecipient
  readonly kind: ResultKind
  readonly reply: TrackedReply
  /** The reply is in our words: the next hop said nothing. */
  readonly isOurs: boolean
}

export type Transmission = {
  readonly results: readonly RecipientResult[]
  /** Nothing was answered on a connection used before: the letter may be sent again at once. */
  readonly isUntried: boolean
  /** The host asked us to slow down: 421 or 4.7.y. */
  readonly slows: boolean
}

type EnvelopePlanToSend = Extract<EnvelopePlan, { kind: 'send' }>
type Begun = { readonly letter: Letter; readonly commands: readonly string[]; readonly wholeGroup: boolean }

/**
 * Counts as asking for less. Exchange Online throttles with 4.7.5xx and means "later", not "never" (decisions
 * 14).
 */
const SLOWING = /^4\.7\./

/**
 * One session's transactions, one after the other. `next` of a transaction goes out together with its
 * content.
 */
export class SmtpClient {
  readonly session: Session
  readonly #timeouts: Timeouts
  /** Transactions that got an answer on this connection. */
  used = 0
  #begun: Begun | null = null
  /** A letter was begun that goes another way: DATA was said for it, so only closing ends it. */
  #isSpent = false

  constructor(session: Session, timeouts: Timeouts) {
    this.session = session
    this.#timeouts = timeouts
  }

  /**
   * Whether a further letter may go here. What is unread belongs to the letter begun, or else is a farewell.
   */
  get isUsable(): boolean {
    const { connection } = this.session
    return connection.isOpen && !this.#isSpent && (this.#begun !== null || !connection.hasUnread)
  }

  /**
   * Takes back the letter whose envelope went out behind the content that is under way: it may go over
   * another connection. This one ends with the answer to that content: no dot was sent for the next one, so
   * the host forgets it (RFC 5321 §4.1.1.4).
   */
  abandonNext(): void {
    this.#isSpent = this.#begun !== null
    this.#begun = null
  }

  /**
   * Sends a letter and tells what each recipient got. `takeNext` is asked, once, for the letter whose
   * envelope goes out in one write with this letter's content; the caller transmits that one next.
   */
  async transmit(letter: Letter, takeNext: () => Letter | null): Promise<Transmission> {
    let begun = this.#begun
    this.#begun = null
    if (begun?.letter !== letter) {
      const plan = this.#plan(letter)
      if (plan.kind === 'refuse') return refusedHere(letter, plan)
      const unmet = plan.needs.length === 0 ? null : await unmetNeed(await letter.content(), plan.needs)
      if (unmet !== null) return refusedHere(letter, unmet)
      begun = this.#begin(letter, plan)
    }
    const transaction = new Transaction(letter, this.session.target.route !== undefined)
    try {
      const accepted = await this.#sayEnvelope(begun, transaction)
      if (accepted) await this.#sayContent(letter, transaction, takeNext)
      const isUntried = transaction.isTurnedAway && this.used > 0
      this.used += 1
      // Who says 421 closes, or should (RFC 5321 §3.8).
      if (this.#isSpent) this.session.connection.destroy()
      else if (transaction.isClosing) this.session.connection.quit()
      return transaction.outcome(isUntried)
    } catch (error) {
      this.session.connection.destroy()
      if (!(error instanceof ConnectionLost)) throw error
      const isUntried = (transaction.stage === 'mail' || transaction.isTurnedAway) && this.used > 0
      return transaction.lost(error, isUntried)
    }
  }

  #plan(letter: Letter): EnvelopePlan {
    const { capabilities, tls } = this.session
    const hop = { capabilities, verifiedTls: tls?.verified === true }
    return planEnvelope(letter.envelope, letter.recipients, hop)
  }

  #begin(letter: Letter, plan: EnvelopePlanToSend): Begun {
    const { connection, capabilities } = this.session
    const commands = [plan.mail, ...plan.recipients, 'DATA']
    connection.write(capabilities.pipelining ? `${commands.join('\r\n')}\r\n` : `${plan.mail}\r\n`)
    return { letter, commands, wholeGroup: capabilities.pipelining }
  }

  /** True when the host waits for the content. */
  async #sayEnvelope({ commands, wholeGroup }: Begun, transaction: Transaction): Promise<boolean> {
    const { connection } = this.session
    const say = (index: number): void => {
      if (!wholeGroup) connection.write(`${commands[index]}\r\n`)
    }
    // Replies that are there are taken at once: waiting costs a turn of its own for each.
    const mail = connection.readReply() ?? (await connection.reply(this.#timeouts.mail))
    transaction.mailReply(mail)
    if (transaction.isOver && !wholeGroup) return false
    transaction.stage = 'rcpt'
    for (let i = 0; i < transaction.recipients.length; i++) {
      say(i + 1)
      const rcpt = connection.readReply() ?? (await connection.reply(this.#timeouts.rcpt))
      transaction.rcptReply(i, rcpt)
    }
    if (transaction.isOver && !wholeGroup) return this.#reset()
    transaction.stage = 'data'
    say(commands.length - 1)
    const data = connection.readReply() ?? (await connection.reply(this.#timeouts.data))
    if (data.code === 354 && !transaction.isOver) return true
    if (data.code === 354) {
      // DATA was in the group, and nobody is left to get the content: an empty one ends it (RFC 2920 §3.1).
      connection.write('.\r\n')
      await connection.reply(this.#timeouts.finalDot)
      return false
    }
    transaction.dataReply(data)
    return transaction.isBegun && !transaction.isClosing ? this.#reset() : false
  }

  /** A refused RCPT or DATA leaves the transaction open: the next MAIL would get 503 (RFC 5321 §4.1.4). */
  async #reset(): Promise<false> {
    const { connection } = this.session
    connection.write('RSET\r\n')
    await connection.reply(this.#timeouts.mail)
    return false
  }

  async #sayContent(letter: Letter, transaction: Transaction, takeNext: () => Letter | null): Promise<void> {
    const { connection } = this.session
    transaction.stage = 'content'
    const had = contentOf(letter, transaction)
    const content = had instanceof Promise ? await had : had
    if (content === null) {
      // Inside DATA there is no way back but to close: the host discards what it has (RFC 5321 §4.1.1.4).
      connection.destroy()
      return
    }
    if (isInMemory(content)) {
      transaction.stage = 'final'
      connection.writeContent(content, `.\r\n${this.#beginNext(takeNext)}`)
    } else {
      if (!(await this.#stream(content, transaction))) return
      transaction.stage = 'final'
      connection.write('.\r\n')
    }
    transaction.finalReply(await connection.reply(this.#timeouts.finalDot))
  }

  async #stream(content: AsyncIterable<Uint8Array>, transaction: Transaction): Promise<boolean> {
    const { connection } = this.session
    try {
      for await (const chunk of content) {
        await connection.send(chunk, this.#timeouts.dataBlock)
      }
      return true
    } catch (error) {
      if (error instanceof ConnectionLost) {
        // Some hosts refuse a content before its end and close: what they said counts, not that they did.
        const said = connection.readReply()
        if (said === undefined || said.code < 400) throw error
        transaction.finalReply(said)
        return false
      }
      transaction.contentFailed(error instanceof Error ? error.message : String(error))
      connection.destroy()
      return false
    }
  }

  /** The commands of the next letter, or '' when there is none or it cannot be said blindly. */
  #beginNext(takeNext: () => Letter | null): string {
    if (!this.session.capabilities.pipelining) return ''
    const next = takeNext()
    if (next === null) return ''
    const plan = this.#plan(next)
    // What needs a closer look gets it in its own turn.
    if (plan.kind === 'refuse' || plan.needs.length > 0) return ''
    const commands = [plan.mail, ...plan.recipients, 'DATA']
    this.#begun = { letter: next, commands, wholeGroup: true }
    return `${commands.join('\r\n')}\r\n`
  }
}

type Stage = 'mail' | 'rcpt' | 'data' | 'content' | 'final'

/** What is known of each recipient while a transaction runs. */
class Transaction {
  stage: Stage = 'mail'
  readonly recipients: readonly DueRecipient[]
  readonly #results: (RecipientResult | null)[]
  /** The organisation named the host itself, so it mends what the host asks of us. */
  readonly #isOfRoute: boolean
  /** Recipients without a result. */
  #open: number
  #slows = false
  /** MAIL got 421: this connection has had enough, which says nothing about the letter. */
  isTurnedAway = false
  /** A reply was 421, or none that tells where we are. */
  isClosing = false
  /** MAIL was accepted. */
  isBegun = false

  constructor(letter: Letter, isOfRoute: boolean) {
    this.#isOfRoute = isOfRoute
    this.recipients = letter.recipients
    this.#results = letter.recipients.map(() => null)
    this.#open = this.#results.length
  }

  /** Whether every recipient has its result. */
  get isOver(): boolean {
    return this.#open === 0
  }

  mailReply(reply: Reply): void {
    this.isTurnedAway = reply.code === 421
    this.isBegun = isYes(reply)
    if (!this.isBegun) this.#settleOpen(reply)
  }

  rcptReply(index: number, reply: Reply): void {
    if (this.#results[index] !== null) return
    // Also 252, or a 2yz that nobody knows: the first digit counts (RFC 5321 §4.2.1).
    if (isYes(reply)) return
    // 552 here means too many recipients, and the others can come later (RFC 5321 §4.5.3.1.10).
    if (reply.code === 552) this.#set(index, 'transient', tracked({ ...reply, code: 452 }), false)
    else this.#set(index, this.#kindOf(reply), tracked(reply), false)
    this.#note(reply)
  }

  dataReply(reply: Reply): void {
    // A yes that is no 354: nobody knows whether content or commands are read now.
    if (reply.code < 400) this.isClosing = true
    this.#settleOpen(reply)
  }

  finalReply(reply: Reply): void {
    if (!isYes(reply)) {
      // A 3yz does not answer a content: one of us two is out of step.
      if (reply.code < 400) this.isClosing = true
      this.#settleOpen(reply)
      return
    }
    this.#setOpen('delivered', tracked(reply), false)
  }

  /** The content cannot be had: everybody open waits. */
  contentFailed(why: string): void {
    const reply = { code: 451, status: '4.3.0', text: `the content cannot be read: ${why}` }
    this.#setOpen('transient', reply, true)
  }

  lost(lost: ConnectionLost, isUntried: boolean): Transmission {
    const kind = this.stage === 'final' ? 'ambiguous' : 'transient'
    this.#setOpen(kind, lostReply(lost, this.stage), true)
    this.#slows = true
    return this.outcome(isUntried)
  }

  outcome(isUntried: boolean): Transmission {
    return { results: this.#results.filter((result) => result !== null), isUntried, slows: this.#slows }
  }

  #settleOpen(reply: Reply): void {
    this.#note(reply)
    this.#setOpen(this.#kindOf(reply), tracked(reply), false)
  }

  #setOpen(kind: ResultKind, reply: TrackedReply, isOurs: boolean): void {
    for (let i = 0; i < this.#results.length; i++) this.#set(i, kind, reply, isOurs)
  }

  #set(index: number, kind: ResultKind, reply: TrackedReply, isOurs: boolean): void {
    if (this.#results[index] !== null) return
    this.#results[index] = { recipient: this.recipients[index]!, kind, reply, isOurs }
    this.#open -= 1
  }

  #kindOf(reply: Reply): 'transient' | 'permanent' {
    return this.#isOfRoute && LOGIN_WANTED.has(reply.code) ? 'transient' : kindOf(reply)
  }

  #note({ code, status }: Reply): void {
    if (code === 421) this.isClosing = true
    if (code === 421 || SLOWING.test(status ?? '')) this.#slows = true
  }
}

function isYes({ code }: Reply): boolean {
  return code >= 200 && code <= 299
}

/**
 * A login is missing or too weak (RFC 4954 §6): a fault of the route, which says nothing of the message. An
 * exchanger of a domain outside that asks for one takes no mail.
 */
const LOGIN_WANTED: ReadonlySet<number> = new Set([530, 534, 535, 538])

/**
 * 5yz is for good; 4yz and codes that make no sense where they stand are not. 503 says that the two of us are
 * out of step, which is no word about the message.
 */
function kindOf(reply: Reply): 'transient' | 'permanent' {
  return reply.code >= 500 && reply.code !== 503 ? 'permanent' : 'transient'
}

/** Null, which the transaction knows of, where it cannot be had. */
function contentOf(
  letter: Letter,
  transaction: Transaction,
): WireContent | null | Promise<WireContent | null> {
  const failed = (error: unknown): null => {
    transaction.contentFailed(error instanceof Error ? error.message : String(error))
    return null
  }
  try {
    const content = letter.content()
    return content instanceof Promise ? content.catch(failed) : content
  } catch (error) {
    return failed(error)
  }
}

function isInMemory(content: WireContent): content is readonly Uint8Array[] {
  return Array.isArray(content)
}

function refusedHere(
  letter: Letter,
  { status, text }: { readonly status: string; readonly text: string },
): Transmission {
  const reply: TrackedReply = { code: 554, status, text }
  const results = letter.recipients.map(
    (recipient): RecipientResult => ({
      recipient,
      kind: 'permanent',
      reply,
      isOurs: true,
    }),
  )
  return { results, isUntried: false, slows: false }
}
