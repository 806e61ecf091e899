// One session: cuts octets into commands, asks the verb's handler, and is the only one that writes.
import { domainToASCII } from 'node:url'
import { concat, copyOf } from '@gatepost/mail/bytes.ts'
import { type CommandFault, type CommandOptions, parseCommand } from '@gatepost/mail/command.ts'
import { replies } from '@gatepost/mail/replies.ts'
import { formatReply, type Reply } from '@gatepost/mail/reply.ts'
import type { StoredCredential } from '#facts/sources.ts'
import { handle } from './commands/handle.ts'
import { Deadline } from './deadline.ts'
import type { Edge } from './edge.ts'
import { faultReply, isForbiddenLine } from './faults.ts'
import { failed, guarded, type Outcome } from './guard.ts'
import { type Intake, swallow } from './intake.ts'
import { COMMAND_LINE_OCTETS_MAX, PENDING_OCTETS_MAX, type SessionState } from './limits.ts'
import { isProxyHeader } from './proxy.ts'
import { isSentAhead, outOfSequence, type SequenceState } from './sequence.ts'
import type { Transaction } from './transaction.ts'
import type { Wire } from './wire.ts'

/** What one step of the loop leaves to read, and its reply, if it has one. */
type Step = { readonly rest: Uint8Array; readonly outcome: Outcome }

const NOTHING = new Uint8Array(0)
const WITH_UTF8: CommandOptions = { smtpUtf8: true, toAscii: domainToASCII }
const WITHOUT_UTF8: CommandOptions = { smtpUtf8: false, toAscii: domainToASCII }

export class Session implements SequenceState {
  readonly edge: Edge
  readonly wire: Wire
  helo: string | null = null
  /** EHLO rather than HELO. */
  isExtended = false
  transaction: Transaction | null = null
  /** Who signed in; forgotten when TLS starts. */
  credential: StoredCredential | null = null
  authFailures = 0
  hasRefusedMail = false
  /** The connection is gone: no reply reaches anybody any more. */
  hasEnded = false
  /** What is being answered, as the event of a failure tells it. */
  #verb = ''
  #exchange: ((line: Uint8Array) => Outcome) | null = null
  #state: SessionState = 'command'
  readonly #deadline = new Deadline()
  #pending: Uint8Array | null = null
  #intake: Intake | null = null
  #out = ''
  #errors = 0
  #isFirstLine = true
  #isSkippingLine = false
  #isEnding = false
  /** The client said QUIT and nothing behind it. */
  #hasSaidBye = false
  /** Busy with a handler, not with the client's window. */
  #isAwaiting = false
  #wantsTls = false
  #hasClientEnded = false

  constructor(edge: Edge, wire: Wire) {
    this.edge = edge
    this.wire = wire
  }

  /** What it waits for, as the metrics tell it. */
  get state(): SessionState {
    return this.#state
  }

  get hasGreeted(): boolean {
    return this.helo !== null
  }

  get hasTransaction(): boolean {
    return this.transaction !== null
  }

  get acceptedRecipients(): number {
    return this.transaction?.recipients.length ?? 0
  }

  get hasAskedRecipient(): boolean {
    return this.transaction?.hasAskedRecipient ?? false
  }

  get isChunking(): boolean {
    return this.transaction !== null && this.transaction.chunked !== null
  }

  /** Whether STARTTLS can be offered now (RFC 3207). */
  get canStartTls(): boolean {
    return this.wire.tls === null && this.edge.tlsContext() !== null
  }

  /** Greets, and reads what came too early. */
  begin(early: Uint8Array | null): void {
    this.#say(this.edge.greeting)
    if (early === null) this.#flush()
    else this.#run(early)
  }

  /** TLS is up: everything said in clear is forgotten (RFC 3207 §4.2). */
  restart(): void {
    this.helo = null
    this.credential = null
    this.#exchange = null
    this.#wantsTls = false
    this.resetTransaction()
    this.#enter('command')
  }

  receive(chunk: Uint8Array): void {
    if (this.#state !== 'busy') {
      this.#run(chunk)
      return
    }
    this.#pending = this.#pending === null ? chunk : concat([this.#pending, chunk])
    if (this.#pending.length > PENDING_OCTETS_MAX) this.wire.pause()
  }

  /** The client sends no more; a reply under way is still written. */
  clientEnded(): void {
    if (this.#state === 'busy') this.#hasClientEnded = true
    else this.wire.end()
  }

  /** The client's window is open again. */
  drained(): void {
    if (this.#state === 'busy' && !this.#isAwaiting) this.#carryOn()
  }

  closed(): void {
    this.hasEnded = true
    this.edge.tenantConnections.leave(this)
    this.#isEnding = true
    this.#pending = null
    this.#intake?.discard()
    this.#intake = null
    this.resetTransaction()
  }

  /** Ends sessions between commands; others end after the reply they wait for. */
  drain(): void {
    if (this.wire.drainUnopened() || this.#state !== 'command') return
    this.#say(replies.shuttingDown)
    this.#flush()
  }

  destroy(): void {
    this.wire.destroy()
  }

  /** The clock was set. */
  clockJumped(ms: number): void {
    this.#deadline.clockJumped(ms)
    this.wire.clockJumped()
  }

  /** Looks at the time; called by the edge's sweep. */
  checkDeadline(now: number, isUnderPressure: boolean): void {
    if (this.wire.checkDeadline(now)) return
    // A client that does not read our replies gets as long as one that is silent.
    const isSlowReader = this.#state === 'busy' && !this.#isAwaiting
    if (!this.#deadline.isOver(now, isSlowReader ? 'command' : this.#state, isUnderPressure)) return
    if (this.#state === 'busy') {
      this.destroy()
      return
    }
    this.#say(replies.timeout)
    this.#flush()
  }

  /** Hands the octets that follow to an intake; its reply comes at its end. */
  beginIntake(intake: Intake): void {
    this.#intake = intake
    this.#deadline.contentBegins(this.edge.clock.now())
  }

  /** The next line is no command but the answer to a challenge (RFC 4954 §4). */
  beginExchange(answer: (line: Uint8Array) => Outcome): void {
    this.#exchange = answer
  }

  /** TLS starts once the reply of this command is written; octets behind it are dropped. */
  beginTls(): void {
    this.#wantsTls = true
  }

  /** A message was taken: who sends mail all day is not closed for a slip an hour. */
  forgiveErrors(): void {
    this.#errors = 0
  }

  resetTransaction(): void {
    this.transaction?.chunked?.discard()
    this.transaction = null
  }

  /** Works on octets until they run out, something has to be waited for, or the session ends. */
  #run(chunk: Uint8Array): void {
    let octets = this.#pending === null ? chunk : concat([this.#pending, chunk])
    this.#pending = null
    const { turns } = this.edge
    while (!this.#isEnding && !this.#wantsTls) {
      const step = this.#intake === null ? this.#nextCommand(octets) : this.#nextContent(this.#intake, octets)
      if (step === null) break
      octets = step.rest
      const { outcome } = step
      if (outcome instanceof Promise) {
        this.#wait(outcome, octets)
        return
      }
      if (outcome !== null) this.#say(outcome)
      if (this.#out.length > PENDING_OCTETS_MAX && !this.#flush()) {
        this.#pending = octets.length > 0 ? octets : null
        return
      }
      if (octets.length > 0 && !this.#isEnding && !this.#wantsTls && !turns.command()) {
        if (this.#flush()) this.#wait(turns.next(), octets)
        else this.#pending = octets
        return
      }
    }
    if (this.edge.isDraining && this.#intake === null && !this.#isEnding) this.#say(replies.shuttingDown)
    if (octets.length > 0) this.#hasSaidBye = false
    this.#flush()
    if (this.#wantsTls && !this.#isEnding) this.wire.secure(null)
  }

  /** Answers the next whole line, or keeps what there is of it and returns null. */
  #nextCommand(octets: Uint8Array): Step | null {
    if (octets.length === 0) return null
    if (this.#isFirstLine) {
      this.#isFirstLine = false
      const header = this.wire.lateProxyHeader(octets)
      if (header !== null) return { rest: octets.subarray(header.length), outcome: null }
      if (isProxyHeader(octets)) return { rest: NOTHING, outcome: this.#endWith(replies.syntaxError) }
    }
    const lf = octets.indexOf(10)
    if (lf === -1) {
      this.#keepPartialLine(octets)
      return null
    }
    const rest = lf + 1 === octets.length ? NOTHING : octets.subarray(lf + 1)
    this.#enter('command')
    if (this.#isSkippingLine || lf > COMMAND_LINE_OCTETS_MAX) {
      this.#isSkippingLine = false
      return { rest, outcome: this.#lineTooLong() }
    }
    // Only CRLF ends a line (RFC 5321 §2.3.8). An LF left in it is a control character and refused as such.
    const isWhole = lf > 0 && octets[lf - 1] === 13
    return { rest, outcome: this.#answer(octets, isWhole ? lf - 1 : lf + 1) }
  }

  /** An exchange ends with it: the client's next line is a command again (RFC 4954 §4, §6). */
  #lineTooLong(): Reply {
    if (this.#exchange === null) return replies.lineTooLong
    this.#exchange = null
    return replies.authLineTooLong
  }

  #keepPartialLine(octets: Uint8Array): void {
    if (this.#isSkippingLine) return
    // Copied: a few octets must not hold on to the whole block they came in.
    if (octets.length <= COMMAND_LINE_OCTETS_MAX) this.#pending = copyOf(octets)
    else this.#isSkippingLine = true
  }

  #nextContent(intake: Intake, octets: Uint8Array): Step | null {
    if (intake.isRefused !== true) this.#enter('intake')
    let rest: Uint8Array | null
    try {
      rest = intake.take(octets)
    } catch (error) {
      return { rest: NOTHING, outcome: this.#breakOff(error) }
    }
    if (rest === null) {
      const waiting = intake.wait()
      if (waiting === null) return null
      this.#verb = 'content'
      return { rest: NOTHING, outcome: waiting.then(() => null) }
    }
    this.#intake = null
    this.#enter('command')
    this.#verb = 'content'
    return { rest, outcome: guarded(this, 'content', () => intake.end()) }
  }

  /** The content cannot be read on: nobody knows where it ends, so the connection does. */
  #breakOff(error: unknown): Reply {
    this.#isEnding = true
    return failed(this, 'content', error)
  }

  /** Answers the line that ends before `end`. */
  #answer(octets: Uint8Array, end: number): Outcome {
    const exchange = this.#exchange
    if (exchange !== null) {
      this.#exchange = null
      this.#verb = 'AUTH'
      return guarded(this, 'AUTH', () => exchange(octets.subarray(0, end)))
    }
    const command = parseCommand(octets, this.#commandOptions(), end)
    if (!command.ok) return this.#refuseLine(command.fault, octets.subarray(0, end))
    const { verb } = command.value
    const misplaced = outOfSequence(this, verb)
    if (misplaced === null) {
      this.#verb = verb
      const outcome = guarded(this, verb, () => handle(this, command.value))
      if (verb === 'MAIL') this.hasRefusedMail = this.transaction === null
      return outcome
    }
    if (command.value.verb !== 'BDAT') return misplaced
    this.beginIntake(swallow(command.value.size, misplaced))
    return null
  }

  #commandOptions(): CommandOptions {
    const { transaction } = this
    return (transaction ? transaction.parameters.smtpUtf8 : this.isExtended) ? WITH_UTF8 : WITHOUT_UTF8
  }

  #refuseLine(fault: CommandFault, line: Uint8Array): Reply {
    const { reply, ends } = faultReply(fault, line)
    if (this.transaction === null) this.hasRefusedMail = true
    else this.transaction.hasAskedRecipient = true
    return ends || isForbiddenLine(line) ? this.#endWith(reply) : reply
  }

  /** The reply, and then the end: what follows cannot be taken for commands. */
  #endWith(reply: Reply): Reply {
    this.#isEnding = true
    this.edge.emit('edge.connection.refused', { clientIp: this.wire.clientIp, because: 'not-smtp' })
    return reply
  }

  #wait(outcome: Promise<Reply | null>, rest: Uint8Array): void {
    this.#pending = rest.length > 0 ? rest : null
    this.#flush()
    this.#enter('busy')
    this.#isAwaiting = true
    if (this.#intake !== null) this.wire.pause()
    const verb = this.#verb
    outcome.then(
      (reply) => this.#answerLate(reply),
      (error: unknown) => this.#answerLate(failed(this, verb, error)),
    )
  }

  #answerLate(reply: Reply | null): void {
    this.#isAwaiting = false
    if (this.#isEnding) return
    if (reply !== null) this.#say(reply)
    this.#carryOn()
  }

  #carryOn(): void {
    this.#enter(this.#intake === null ? 'command' : 'intake')
    this.#run(NOTHING)
    if (this.#state === 'busy') return
    if (this.#hasClientEnded) this.wire.end()
    else this.wire.resume()
  }

  /** Adds a reply to those of this read. 221 and 421 end the session (RFC 5321 §3.8). */
  #say(reply: Reply): void {
    const isProtocolError = (reply.code >= 500 && reply.code < 540) || reply.code === 555
    const isOne = isProtocolError && !isSentAhead(reply) && ++this.#errors > this.edge.limits.commandErrors
    const said = isOne ? replies.tooManyErrors : reply
    this.#out += formatReply(said)
    if (said.code === 221 || said.code === 421) this.#isEnding = true
    this.#hasSaidBye = said.code === 221
  }

  /** Writes what was gathered; false when the client does not read, and `drained` will carry on. */
  #flush(): boolean {
    const out = this.#out
    this.#out = ''
    const hasRoom = out === '' || this.wire.write(out)
    if (this.#isEnding) {
      this.#intake?.discard()
      this.#intake = null
      if (this.#hasSaidBye) this.wire.close()
      else this.wire.end()
    } else if (!hasRoom) {
      this.#enter('busy')
      this.wire.pause()
    }
    return hasRoom
  }

  #enter(state: SessionState): void {
    this.#state = state
    this.#deadline.moved()
  }
}
