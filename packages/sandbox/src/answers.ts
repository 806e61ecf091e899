// Scripts how a mail host answers: refuse this recipient, be slow, cut the line after the final dot.
export type AnswerVerb =
  | 'CONNECT'
  | 'EHLO'
  | 'STARTTLS'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'CONTENT'
  | 'RSET'
  | 'NOOP'
  | 'QUIT'

/** One rule; the first that fits is used. */
export type AnswerRule = {
  /** CONTENT is the reply to the final dot. */
  readonly verb: AnswerVerb
  /** Part of the argument in any case: a mailbox for MAIL and RCPT, any part of the message for CONTENT. */
  readonly match?: string
  /** The whole reply, such as `451 4.3.0 Try again later`; lines are separated by \n. */
  readonly reply?: string
  /** Before anything else happens. */
  readonly delayMs?: number
  /** The connection is cut without a reply. After CONTENT the message is kept: the outcome is ambiguous. */
  readonly cut?: boolean
  /** Sends the reply one byte at a time with this pause. */
  readonly dripMs?: number
  /** How often the rule is used before it is spent; without it, always. */
  readonly times?: number
}

/** More rules than that make no readable test. */
const RULES_MAX = 1000

export class Answers {
  #rules: { readonly rule: AnswerRule; left: number }[] = []

  /** Replaces the script. */
  set(rules: readonly AnswerRule[]): void {
    if (rules.length > RULES_MAX) throw new RangeError(`a script has ${RULES_MAX} rules at most`)
    this.#rules = rules.map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }))
  }

  rules(): readonly AnswerRule[] {
    return this.#rules.filter((entry) => entry.left > 0).map((entry) => entry.rule)
  }

  /** The rule for this moment, counted as used; null leaves the host to itself. */
  take(verb: AnswerVerb, argument: string): AnswerRule | null {
    if (this.#rules.length === 0) return null
    const lower = argument.toLowerCase()
    const fits = (rule: AnswerRule) => rule.match === undefined || lower.includes(rule.match.toLowerCase())
    const entry = this.#rules.find(({ rule, left }) => rule.verb === verb && left > 0 && fits(rule))
    if (entry === undefined) return null
    entry.left -= 1
    return entry.rule
  }
}
