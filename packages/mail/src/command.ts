// One line from an SMTP client, read into a command: RFC 5321 §4.1.1 and the extensions we announce.
import type { Mailbox } from './address.ts'
import { decodeUtf8Strict, ownText, toLatin1 } from './bytes.ts'
import {
  type MailParameters,
  parseMailParameters,
  parseRcptParameters,
  type RcptParameters,
} from './parameters.ts'
import { fail, ok, type Parsed } from './parsed.ts'
import { parseForwardPath, parseReversePath, pathEnd, type ReversePath } from './path.ts'

export type { BodyType, MailParameters, NotifyWhen, RcptParameters } from './parameters.ts'

export type Command =
  | { readonly verb: 'EHLO' | 'HELO'; readonly domain: string }
  | { readonly verb: 'MAIL'; readonly reversePath: ReversePath; readonly parameters: MailParameters }
  | { readonly verb: 'RCPT'; readonly forwardPath: Mailbox; readonly parameters: RcptParameters }
  | { readonly verb: 'BDAT'; readonly size: number; readonly last: boolean }
  | { readonly verb: 'DATA' | 'RSET' | 'QUIT' | 'NOOP' | 'STARTTLS' | 'HELP' }
  | { readonly verb: 'VRFY' | 'EXPN'; readonly argument: string }
  | { readonly verb: 'AUTH'; readonly mechanism: string; readonly initialResponse: string | null }

export type CommandFault =
  | 'unrecognized-command'
  | 'syntax'
  | 'parameter-syntax'
  | 'parameter-unknown'
  | 'line-has-control-bytes'
  | 'mailbox-syntax'
  | 'utf8-not-announced'

export type CommandOptions = {
  /** For MAIL: whether we announce SMTPUTF8. For RCPT: whether this transaction's MAIL asked for it. */
  readonly smtpUtf8: boolean
  /** Turns U-labels into A-labels (UTS 46), '' when it cannot; without it such domains are refused. */
  readonly toAscii?: ((name: string) => string) | undefined
}

type ParsedCommand = Parsed<Command, CommandFault>

/**
 * Reads one command line: the octets up to `end`, where its CRLF stands. The verb may be in any case, one
 * space after the colon of MAIL and RCPT is tolerated, and white space at the end is ignored (RFC 5321
 * §4.1.1).
 */
export function parseCommand(
  line: Uint8Array,
  options: CommandOptions,
  end: number = line.length,
): ParsedCommand {
  let length = end
  let ascii = true
  for (let i = 0; i < length; i++) {
    const byte = line[i]!
    if (byte < 32 || byte === 127) return fail('line-has-control-bytes', i)
    if (byte > 127) ascii = false
  }
  while (length > 0 && line[length - 1] === 32) length--
  const verb = packedVerb(line, length)
  if (verb === 0) return fail('unrecognized-command')
  if (ascii) return dispatch(verb, toLatin1(line, 0, length), false, options)
  const text = decodeUtf8Strict(line.subarray(0, length))
  if (text === null) return isKnown(verb) ? fail('syntax') : fail('unrecognized-command')
  return dispatch(verb, text, true, options)
}

/**
 * The first four letters in upper case as one number, or 0 where no word of four letters or `STARTTLS`
 * starts the line.
 */
function packedVerb(line: Uint8Array, length: number): number {
  if (length < 4) return 0
  const verb = pack(line[0]! & 0xdf, line[1]! & 0xdf, line[2]! & 0xdf, line[3]! & 0xdf)
  if (length === 4 || line[4] === 32) return verb
  return verb === STAR && length >= 8 && (length === 8 || line[8] === 32) ? verb : 0
}

function pack(a: number, b: number, c: number, d: number): number {
  return (a << 24) | (b << 16) | (c << 8) | d
}

function packed(verb: string): number {
  return pack(verb.charCodeAt(0), verb.charCodeAt(1), verb.charCodeAt(2), verb.charCodeAt(3))
}

const EHLO = packed('EHLO')
const HELO = packed('HELO')
const MAIL = packed('MAIL')
const RCPT = packed('RCPT')
const DATA = packed('DATA')
const BDAT = packed('BDAT')
const RSET = packed('RSET')
const QUIT = packed('QUIT')
const NOOP = packed('NOOP')
const STAR = packed('STAR')
const HELP = packed('HELP')
const VRFY = packed('VRFY')
const EXPN = packed('EXPN')
const AUTH = packed('AUTH')
const KNOWN = new Set([EHLO, HELO, MAIL, RCPT, DATA, BDAT, RSET, QUIT, NOOP, STAR, HELP, VRFY, EXPN, AUTH])

function isKnown(verb: number): boolean {
  return KNOWN.has(verb)
}

function dispatch(verb: number, text: string, utf8: boolean, options: CommandOptions): ParsedCommand {
  switch (verb) {
    case MAIL:
      return parseMail(text, utf8, options)
    case RCPT:
      return parseRcpt(text, utf8, options)
    case DATA:
      return text.length === 4 ? COMMANDS.DATA : fail('syntax', 4)
    case EHLO:
    case HELO:
      return parseHello(text, verb === EHLO ? 'EHLO' : 'HELO')
    case QUIT:
      return text.length === 4 ? COMMANDS.QUIT : fail('syntax', 4)
    case RSET:
      return text.length === 4 ? COMMANDS.RSET : fail('syntax', 4)
    case NOOP:
      return COMMANDS.NOOP
    case HELP:
      return COMMANDS.HELP
    case BDAT:
      return parseBdat(text)
    case STAR:
      return parseStartTls(text)
    case AUTH:
      return parseAuth(text)
    case VRFY:
    case EXPN:
      return parseArgument(text, verb === VRFY ? 'VRFY' : 'EXPN', utf8 && !options.smtpUtf8)
    default:
      return fail('unrecognized-command')
  }
}

/** The commands without argument, made once. */
const COMMANDS = {
  DATA: plain('DATA'),
  RSET: plain('RSET'),
  QUIT: plain('QUIT'),
  NOOP: plain('NOOP'),
  HELP: plain('HELP'),
  STARTTLS: plain('STARTTLS'),
} as const

function plain(verb: 'DATA' | 'RSET' | 'QUIT' | 'NOOP' | 'STARTTLS' | 'HELP'): ParsedCommand {
  return ok({ verb })
}

function parseMail(text: string, utf8: boolean, options: CommandOptions): ParsedCommand {
  const start = pathStart(text, 'FROM:')
  const end = start === -1 ? -1 : pathEnd(text, start)
  if (end === -1) return fail('syntax', 4)
  const parameters = parseMailParameters(text, end)
  if (!parameters.ok) return parameters
  if (utf8 && (!options.smtpUtf8 || !parameters.value.smtpUtf8)) return fail('utf8-not-announced')
  if (parameters.value.smtpUtf8 && !options.smtpUtf8) return fail('parameter-unknown', end)
  const path = parseReversePath(text.slice(start, end), {
    allowLiteral: true,
    allowUnderscore: true,
    allowUtf8: utf8,
    toAscii: options.toAscii,
  })
  if (!path.ok) return fail('mailbox-syntax', start + path.at)
  return ok({ verb: 'MAIL', reversePath: path.value, parameters: parameters.value })
}

function parseRcpt(text: string, utf8: boolean, options: CommandOptions): ParsedCommand {
  const start = pathStart(text, 'TO:')
  const end = start === -1 ? -1 : pathEnd(text, start)
  if (end === -1) return fail('syntax', 4)
  if (utf8 && !options.smtpUtf8) return fail('utf8-not-announced')
  const parameters = parseRcptParameters(text, end)
  if (!parameters.ok) return parameters
  const path = parseForwardPath(text.slice(start, end), {
    allowLiteral: true,
    allowUnderscore: true,
    allowUtf8: utf8,
    toAscii: options.toAscii,
  })
  if (!path.ok) return fail('mailbox-syntax', start + path.at)
  return ok({ verb: 'RCPT', forwardPath: path.value, parameters: parameters.value })
}

/** The offset of the `<` behind `FROM:` or `TO:`; one space is tolerated before it. -1 where it is not so. */
function pathStart(text: string, keyword: string): number {
  const end = 5 + keyword.length
  for (let i = 5; i < end; i++) {
    const expected = keyword.charCodeAt(i - 5)
    const code = text.charCodeAt(i)
    if (code !== expected && (code ^ 32) !== expected) return -1
  }
  return text.charCodeAt(end) === 32 ? end + 1 : end
}

/** RFC 1035 §2.3.4, and the longest address literal is shorter. */
const HELLO_LENGTH_MAX = 255

/**
 * RFC 5321 §4.1.1.1 wants a domain or an address literal. Names that break the rules of host names are
 * common and may not be refused for that (§4.1.4); characters that could end a header field's comment are.
 */
function parseHello(text: string, verb: 'EHLO' | 'HELO'): ParsedCommand {
  const domain = text.slice(5).trim()
  if (domain === '' || domain.length > HELLO_LENGTH_MAX) return fail('syntax', 4)
  for (let i = 0; i < domain.length; i++) {
    if (!isHelloCode(domain.charCodeAt(i))) return fail('syntax', 5 + i)
  }
  return ok({ verb, domain: ownText(domain) })
}

/** Letters, digits and `- . _ : [ ]`. */
function isHelloCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 45 && code <= 58 && code !== 47) ||
    (code >= 65 && code <= 91) ||
    code === 93 ||
    code === 95
  )
}

/** RFC 3030 §2: `BDAT size [LAST]`. Sizes beyond 2^53 - 1 cannot be counted, so they are no sizes. */
function parseBdat(text: string): ParsedCommand {
  const space = text.indexOf(' ', 5)
  const digits = space === -1 ? text.slice(5) : text.slice(5, space)
  if (digits === '' || digits.length > 16) return fail('syntax', 4)
  let size = 0
  for (let i = 0; i < digits.length; i++) {
    const code = digits.charCodeAt(i)
    if (code < 48 || code > 57) return fail('syntax', 5 + i)
    size = size * 10 + (code - 48)
  }
  if (!Number.isSafeInteger(size)) return fail('syntax', 5)
  const last = space !== -1
  if (last && text.slice(space + 1).toUpperCase() !== 'LAST') return fail('syntax', space)
  return ok({ verb: 'BDAT', size, last })
}

function parseStartTls(text: string): ParsedCommand {
  if (text.slice(0, 8).toUpperCase() !== 'STARTTLS') return fail('unrecognized-command')
  // RFC 3207 §4: no parameters.
  return text.length === 8 ? COMMANDS.STARTTLS : fail('syntax', 8)
}

/** RFC 4954 §4. `=` stands for an initial response of no octets and is read as ''. */
function parseAuth(text: string): ParsedCommand {
  const match = /^([A-Za-z0-9_-]{1,20})(?: ([A-Za-z0-9+/]+={0,2}|=))?$/.exec(text.slice(5).trim())
  if (match === null) return fail('syntax', 4)
  const response = match[2] ?? null
  return ok({
    verb: 'AUTH',
    mechanism: match[1]!.toUpperCase(),
    initialResponse: response === '=' ? '' : response,
  })
}

function parseArgument(text: string, verb: 'VRFY' | 'EXPN', refuseUtf8: boolean): ParsedCommand {
  if (refuseUtf8) return fail('utf8-not-announced', 5)
  const argument = text.slice(5).trim()
  return argument === '' ? fail('syntax', 4) : ok({ verb, argument })
}
