// Finds words of a page that stand in its code and not in a catalogue: text between tags, and attributes that
// people read or hear. For the test that keeps converted pages converted, and for the count in the docs.

const TEXT = /[>}]\s*([^<>{}]*?\p{L}{2}[^<>{}]*?)\s*(?=<\/?[A-Za-z>]|\{)/gu
const READ = 'label|title|description|placeholder|aria-label|alt|line|side|act|keep'
const ATTRIBUTE = new RegExp(
  `\\b(?:${READ})=(?:"([^"]*\\p{L}{2}[^"]*)"|\\{\`([^\`]*\\p{L}{2}[^\`]*)\`\\})`,
  'gu',
)
/** Code that looks like text between tags: types, arrows, statements. */
const CODE = /[;=()[\]|&`$]|\b(?:const|return|import|export|function|readonly|type)\b|^\s*[?:.,]/u
/** Types, keywords and attributes that stand alone between brackets. */
const ALONE =
  /^(?:void|Promise|else|ReactNode|table|searchable|data-autofocus)$|autoFocus|^\w+\.[a-z]+[A-Z]\w*$|^' \+/u
const FIELD = /^(?:required|disabled|acceptValueOnBlur)$/u

const isWords = (text: string): boolean => ![CODE, ALONE, FIELD].some((not) => not.test(text))

/** Texts in the order in which they stand; one that spans lines counts once. */
export function literalsOf(source: string): readonly string[] {
  const markup = source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const texts = [...markup.matchAll(TEXT)].map(([, text]) => text ?? '').filter(isWords)
  const attributes = [...markup.matchAll(ATTRIBUTE)].map(([, plain, template]) => plain ?? template ?? '')
  return [...texts, ...attributes].map((text) => text.replaceAll(/\s+/g, ' ').trim())
}
