// AUTH as a client (RFC 4954): the strongest mechanism that both sides know, said inside TLS only, and in
// words of ours what the administrator can do when the host says no. Nothing of it is ever permanent: that
// our own password is wrong is no word about the mail.
import { type Reply, replyText } from '@gatepost/mail/reply.ts'
import type { TrackedReply } from '#link/reports.ts'
import { LOGIN_FAILED } from '#link/route-login.ts'
import type { LoginMechanism } from '#policy/settings.ts'
import type { SmtpConnection } from '../smtp-connection.ts'
import { beginExchange, ChallengeFault, type Exchange } from './mechanisms.ts'

/** What a route logs in with. */
export type Login = {
  /** Tells logins apart, of routes and of organisations; holds no secret. */
  readonly key: string
  readonly username: string
  /** In the order of preference. */
  readonly mechanisms: readonly LoginMechanism[]
  /** Throws when it cannot be opened. */
  readonly password: () => string
}

/** Status of a refusal of name or password: the same again gets the same answer (RFC 4954 §6). */
export const WRONG_LOGIN = '4.7.8'

/** RFC 5321 §4.5.3.1.4, without CRLF: some hosts hold AUTH to it, so a longer answer follows the command. */
const COMMAND_OCTETS_MAX = 510
/** SCRAM has two challenges and LOGIN too; a host that goes on asking never ends. */
const CHALLENGES_MAX = 4
const SAID_MAX = 300
const OFFERED_MAX = 10
/** Of canonical form, with nothing left over (RFC 4648 §3.5). */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

type Outcome =
  | { readonly kind: 'in' }
  /** `isOfMechanism`: another mechanism may do. */
  | { readonly kind: 'refused'; readonly reply: TrackedReply; readonly isOfMechanism: boolean }

/**
 * Logs in over a connection that is inside TLS. Null when it is done; otherwise why not, as a transient
 * reply. Rejects with `ConnectionLost`; each answer may take `timeoutMs`.
 */
export async function logIn(
  connection: Pick<SmtpConnection, 'write' | 'reply'>,
  asked: { readonly offered: readonly string[]; readonly login: Login; readonly timeoutMs: number },
): Promise<TrackedReply | null> {
  const { offered, login } = asked
  const fitting = login.mechanisms.filter((mechanism) => offered.includes(mechanism))
  if (fitting.length === 0) return nothingFits(offered, login)
  let password: string
  try {
    password = login.password()
  } catch {
    return failed('4.7.0', 'its password cannot be opened here; write it again in the route')
  }
  let refusal: TrackedReply | null = null
  for (const mechanism of fitting) {
    const exchange = beginExchange(mechanism, { username: login.username, password })
    if (exchange === null) continue
    const secrets = [password, login.username]
    const outcome = await new Attempt(connection, { mechanism, exchange, secrets }).run(asked.timeoutMs)
    if (outcome.kind === 'in') return null
    refusal = outcome.reply
    if (!outcome.isOfMechanism) break
  }
  return refusal ?? failed('4.7.0', 'no mechanism of the host can carry this user name and password')
}

/** Why a route with a login sends nothing in clear. */
export function loginNeedsTls(): TrackedReply {
  return failed(
    '4.7.4',
    'the host offers no STARTTLS, and passwords are said inside TLS only; turn TLS on at the host, ' +
      'or enter the port that has it, such as 587',
  )
}

function nothingFits(offered: readonly string[], { mechanisms }: Login): TrackedReply {
  if (offered.length === 0) {
    return failed(
      '4.7.0',
      'the host offers no AUTH inside TLS; enter the port that has it, such as 587, or remove the login',
    )
  }
  const names = offered.slice(0, OFFERED_MAX).join(', ')
  return failed('4.7.9', `the host offers ${names} alone; turn on one of ${mechanisms.join(', ')} there`)
}

function failed(status: string, why: string): TrackedReply {
  return { code: 451, status, text: `${LOGIN_FAILED}: ${why}` }
}

/** One mechanism, from its command to the host's last word. */
class Attempt {
  readonly #connection: Pick<SmtpConnection, 'write' | 'reply'>
  readonly #mechanism: LoginMechanism
  readonly #exchange: Exchange
  /** What a reply must not repeat into logs and reports. */
  readonly #secrets: string[]

  constructor(
    connection: Pick<SmtpConnection, 'write' | 'reply'>,
    one: {
      readonly mechanism: LoginMechanism
      readonly exchange: Exchange
      readonly secrets: readonly string[]
    },
  ) {
    this.#connection = connection
    this.#mechanism = one.mechanism
    this.#exchange = one.exchange
    this.#secrets = [...one.secrets]
  }

  async run(timeoutMs: number): Promise<Outcome> {
    let pending = this.#begin()
    for (let challenges = 0; ; challenges += 1) {
      const reply = await this.#connection.reply(timeoutMs)
      if (reply.code === 235) {
        if (this.#exchange.isProven()) return { kind: 'in' }
        return refused(failed('4.7.0', 'the host said yes and did not prove that it knows the login'))
      }
      if (reply.code !== 334) return this.#refusal(reply)
      try {
        if (challenges >= CHALLENGES_MAX) throw new ChallengeFault('it goes on asking')
        const challenge = decoded(reply)
        const answer = pending ?? (await this.#exchange.answer(challenge))
        pending = null
        this.#connection.write(`${this.#encoded(answer)}\r\n`)
      } catch (error) {
        if (!(error instanceof ChallengeFault)) throw error
        return await this.#cancel(error.message, timeoutMs)
      }
    }
  }

  /** Says the command. Returns what is left to be said first, where it does not fit. */
  #begin(): Buffer | null {
    const { initial } = this.#exchange
    const command = `AUTH ${this.#mechanism}`
    if (initial !== null) {
      // RFC 4954 §4: an empty one would be a single equals sign; no mechanism of ours has one.
      const whole = `${command} ${this.#encoded(initial)}`
      if (whole.length <= COMMAND_OCTETS_MAX) {
        this.#connection.write(`${whole}\r\n`)
        return null
      }
    }
    this.#connection.write(`${command}\r\n`)
    return initial
  }

  #encoded(answer: Buffer): string {
    const base64 = answer.toString('base64')
    if (base64 !== '') this.#secrets.push(base64)
    return base64
  }

  /** A line of one asterisk ends the exchange (RFC 4954 §4). */
  async #cancel(why: string, timeoutMs: number): Promise<Outcome> {
    this.#connection.write('*\r\n')
    // Whatever it says to that, or if it says nothing, is no news.
    await this.#connection.reply(timeoutMs).catch(() => null)
    return refused(failed('4.7.0', `the host broke off ${this.#mechanism}: ${why}`))
  }

  /** What the codes of RFC 4954 §6 mean for whoever set the route up. */
  #refusal(reply: Reply): Outcome {
    const said = `the host said ${this.#said(reply)} to ${this.#mechanism}`
    switch (reply.code) {
      case 504:
        return refused(failed('4.7.9', `${said}; turn on another mechanism there`), true)
      case 534:
        return refused(
          failed('4.7.9', `${said}; it asks for a stronger mechanism or a password of its own`),
          true,
        )
      case 432:
        return refused(failed('4.7.12', `${said}; it wants the password by PLAIN once`), true)
      case 538:
        return refused(failed('4.7.11', `${said}; let the route ask for TLS`))
      case 535:
        return refused(
          failed(
            WRONG_LOGIN,
            `${said}; correct user name and password in the route, or let it use another mechanism`,
          ),
        )
    }
    if (reply.code < 400) return refused(failed('4.7.0', `${said}, which is no answer to AUTH`))
    if (reply.code < 500) return refused(failed('4.7.0', `${said}; it is tried again`))
    return refused(failed(WRONG_LOGIN, `${said}; allow this login at the host, or correct it in the route`))
  }

  /** The host's words, without what we said to it. */
  #said(reply: Reply): string {
    let text = replyText(reply)
    for (const secret of this.#secrets) text = text.replaceAll(secret, '***')
    return text.slice(0, SAID_MAX)
  }
}

function refused(reply: TrackedReply, isOfMechanism = false): Outcome {
  return { kind: 'refused', reply, isOfMechanism }
}

function decoded(reply: Reply): Buffer {
  const [text = '', ...more] = reply.lines
  if (more.length > 0 || !BASE64.test(text)) throw new ChallengeFault('its challenge is not base64')
  return Buffer.from(text, 'base64')
}
