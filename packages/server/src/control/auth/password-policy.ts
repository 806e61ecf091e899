// Whether a password may be set: length, kinds of characters, and nothing that a guesser tries first. Pure.
import { PASSWORD_LENGTH_MAX, type PasswordRules } from '@gatepost/contract/password.ts'

/** What a guesser knows of the account: none of it may be what the password is made of. */
export type PasswordContext = {
  readonly email: string
  readonly name: string
  /** The organisation's name and domains. */
  readonly organisation: readonly string[]
}

/** Where passwords begin that are guessed first; compared without digits and symbols at the end. */
const COMMON: ReadonlySet<string> = new Set(
  (
    'password passwort passphrase letmein welcome willkommen qwerty qwertz qwertyuiop qwertzuiop azerty iloveyou ' +
    'administrator admin changeme change secret default monkey dragon football baseball sunshine princess ' +
    'superman master trustno shadow abc abcd abcdef abcdefgh summer winter spring autumn sommer herbst fruehling ' +
    'january february march april june july august september october november december monday gatepost ' +
    'company office login test guest hello whatever'
  ).split(' '),
)

/** Keys in a row and the alphabet: pieces of these are no password either. */
const RUNS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiop',
]
/** A word of the context shorter than this is found in too much. */
const WORD_MIN = 4

const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/\p{Lu}/u, 'upper case letters'],
  [/\p{Ll}/u, 'lower case letters'],
  [/\p{Nd}/u, 'digits'],
  [/[^\p{Lu}\p{Ll}\p{Nd}]/u, 'symbols'],
]

/** What is wrong with a password, as sentences that say what to do; empty when it may be set. */
export function checkPassword(
  password: string,
  rules: PasswordRules,
  context: PasswordContext,
): readonly string[] {
  const text = password.normalize('NFKC')
  const length = [...text].length
  if (length < rules.minLength) return [`Use at least ${rules.minLength} characters; this one has ${length}.`]
  if (length > PASSWORD_LENGTH_MAX) return [`Use at most ${PASSWORD_LENGTH_MAX} characters.`]
  const faults: string[] = []
  const kinds = CLASSES.filter(([found]) => found.test(text)).length
  if (kinds < rules.classes) {
    const names = CLASSES.map(([, name]) => name).join(', ')
    faults.push(`Mix at least ${rules.classes} of: ${names}.`)
  }
  const found = wordOf(text, context)
  if (found !== null) faults.push(`Leave “${found}” out: it is tried first.`)
  else if (isCommon(text)) faults.push('This one is on every list of common passwords. Use several words.')
  return faults
}

/** A word of the account or organisation that the password holds, when little else is in it. */
function wordOf(text: string, { email, name, organisation }: PasswordContext): string | null {
  const folded = fold(text)
  const words = [email.split('@')[0] ?? '', name, ...organisation.map((one) => one.split('.')[0] ?? '')]
    .flatMap((one) => [fold(one), ...one.split(/[^\p{L}\p{Nd}]+/u).map(fold)])
    .filter((word) => word.length >= WORD_MIN)
    .toSorted((one, other) => other.length - one.length)
  // Words of a long phrase are no danger: what remains must stand on its own.
  return words.find((word) => folded.includes(word) && folded.length - word.length < 8) ?? null
}

function isCommon(text: string): boolean {
  const folded = fold(text)
  if (COMMON.has(folded.replace(/^\d+|\d+$/g, ''))) return true
  if (new Set(folded).size <= 3) return true
  for (const size of [1, 2, 3, 4]) {
    if (
      folded.length >= size * 3 &&
      folded ===
        folded
          .slice(0, size)
          .repeat(Math.ceil(folded.length / size))
          .slice(0, folded.length)
    )
      return true
  }
  return RUNS.some((run) => run.includes(folded) || [...run].toReversed().join('').includes(folded))
}

/** Lower case, without marks, with letters in the place of look-alikes, letters and digits only. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/@/g, 'a')
    .replace(/\$/g, 's')
    .replace(/[^\p{L}\p{Nd}]/gu, '')
    .replace(/(?<=\p{L})0|0(?=\p{L})/gu, 'o')
    .replace(/(?<=\p{L})1(?=\p{L})/gu, 'i')
    .replace(/(?<=\p{L})3(?=\p{L})/gu, 'e')
}
