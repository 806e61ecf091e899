// SASLprep: user names and passwords in one form before they are compared. RFC 4013, with Unicode's own
// properties in place of the tables of RFC 3454.
import { fail, ok, type Parsed } from './parsed.ts'

export type SaslprepFault = 'prohibited' | 'mixed-direction' | 'too-long'

/** Longer names and passwords are nobody's; normalising costs time. */
const LENGTH_MAX = 1_024

/** RFC 3454, B.1: commonly mapped to nothing. */
const TO_NOTHING = /\u00AD|\u034F|\u1806|[\u180B-\u180D]|[\u200B-\u200D]|\u2060|[\uFE00-\uFE0F]|\uFEFF/gu
/** RFC 3454, C.1.2: spaces beyond ASCII. */
const TO_SPACE = /[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/gu
/** RFC 4013 §2.3: controls, private use, surrogates, not characters. */
const PROHIBITED = /\p{Cc}|\p{Co}|\p{Cs}|\p{Cn}/u
/** The same: line ends, what is not fit for plain text, and marks of direction. */
const UNFIT =
  /[\u2028\u2029\u206A-\u206F\uFFF9-\uFFFD\u2FF0-\u2FFB]|\u0340|\u0341|[\u200E\u200F\u202A-\u202E]/u
const TAGS = /\u{E0001}|[\u{E0020}-\u{E007F}]/u
/** RFC 3454 §6: letters that are written from right to left. */
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u
const LEFT_TO_RIGHT = /(?![\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}])\p{L}/u

/** Prepares a string as a query: unassigned code points are refused like any other (RFC 4013 §2.5). */
export function saslprep(text: string): Parsed<string, SaslprepFault> {
  if (text.length > LENGTH_MAX) return fail('too-long')
  const prepared = text.replace(TO_SPACE, ' ').replace(TO_NOTHING, '').normalize('NFKC')
  if ([PROHIBITED, UNFIT, TAGS].some((one) => one.test(prepared))) return fail('prohibited')
  if (RIGHT_TO_LEFT.test(prepared)) {
    const letters = [...prepared]
    const isFramed = RIGHT_TO_LEFT.test(letters[0]!) && RIGHT_TO_LEFT.test(letters.at(-1)!)
    if (!isFramed || LEFT_TO_RIGHT.test(prepared)) return fail('mixed-direction')
  }
  return ok(prepared)
}
