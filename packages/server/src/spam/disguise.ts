// Words that are written so that a filter passes over them and a reader does not: letters spaced out, digits
// and signs in place of letters. Read back, then looked for.

const AS_LETTERS: ReadonlyMap<string, string> = new Map([
  ['0', 'o'],
  ['1', 'i'],
  ['3', 'e'],
  ['4', 'a'],
  ['5', 's'],
  ['@', 'a'],
  ['$', 's'],
  ['!', 'i'],
  ['|', 'i'],
  ['\\', ''],
  ['/', ''],
])
const OFTEN_DISGUISED = new RegExp(
  String.raw`viag+ra|ci+al+i+s|le?vitra|xanax|valium|vicodin|phentermin|ambien|tramadol|soma\b|pharmac|` +
    'penis|ejacul|erecti|rolex|replica|mortgage|casino|porn|software|pfizer|pilul|refinanc',
)
/** Single signs in a row, each with a gap or a point between: `V 1 A G R A`, `v.i.a.g.r.a`. */
const SPACED = /(?<![^\s(>])(?:[a-z0-9@$!|][ ._*-]{1,2}){3,14}[a-z0-9@$!|](?![^\s,.)<!?])/g
const MIXED = /(?<![^\s(>"'])(?=\S{0,16}[a-z])(?=\S{0,16}[0-9@$!|])[a-z0-9@$!|]{4,16}(?![^\s,.)<!?"'])/g
/** A word cut by a sign that nobody writes there: `Via*gra`, `Ci^alis`. */
const CUT = /(?<![^\s(>])[a-z]{1,7}[*^~`|_\\/][a-z*^~`|_\\/]{1,10}(?![^\s,.)<!?])/g
const TEXT_MAX = 6000

/** The first word that is disguised, as written; null for none. Takes folded text. */
export function disguisedWord(folded: string): string | null {
  const text = folded.slice(0, TEXT_MAX)
  for (const pattern of [SPACED, MIXED, CUT]) {
    for (const [written] of text.matchAll(pattern)) {
      if (OFTEN_DISGUISED.test(readBack(written))) return written.trim()
    }
  }
  return null
}

function readBack(written: string): string {
  let word = ''
  for (const sign of written) if (!/[\s._*^~`-]/.test(sign)) word += AS_LETTERS.get(sign) ?? sign
  return word.replace(/i{2,}/g, 'i').replace(/(.)\1{2,}/g, '$1')
}
