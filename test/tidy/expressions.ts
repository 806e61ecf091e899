// The regular expressions of shipped code, and texts of 100 KB that are made to tire each of them: from its
// own letters and words, which is where backtracking begins.
import { createContext, Script } from 'node:vm'
import { isNode, lineAt, type Node, nameOf, type SourceFile, walk } from './source.ts'

export type Expression = {
  readonly path: string
  readonly line: number
  readonly pattern: string
  readonly flags: string
}

/** Everything that ships and may see input; the console's pages only see what the server gives them. */
const SHIPS = /^packages\/(mail|contract|contacts|contacts-export|directory|directory-agent|server)\/src\//

/** Literals, and `new RegExp(…)` of plain texts. */
export function expressionsOf(file: SourceFile): Expression[] {
  if (file.program === null || !SHIPS.test(file.path) || /\.(test|fixture)\.ts$/.test(file.path)) return []
  const found: Expression[] = []
  walk(file.program, (node) => {
    const regex = literalOf(node) ?? builtOf(node)
    if (regex !== null) found.push({ path: file.path, line: lineAt(file, node.start), ...regex })
  })
  return found
}

type Written = { readonly pattern: string; readonly flags: string }

function literalOf(node: Node): Written | null {
  const { regex } = node as { readonly regex?: Written | null }
  return node.type === 'Literal' && regex ? { pattern: regex.pattern, flags: regex.flags } : null
}

function builtOf(node: Node): Written | null {
  if (node.type !== 'NewExpression' || nameOf(node.callee) !== 'RegExp') return null
  const [source, flags] = (node.arguments as readonly unknown[]).map(textOf)
  return typeof source === 'string' ? { pattern: source, flags: flags ?? '' } : null
}

/** A text written in the code, also in pieces; null where something else is put in. */
function textOf(node: unknown): string | null {
  if (!isNode(node)) return null
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null
  if (node.type === 'BinaryExpression') {
    const [left, right] = [textOf(node.left), textOf(node.right)]
    return left === null || right === null ? null : left + right
  }
  const isRaw = node.type === 'TaggedTemplateExpression'
  const template = isRaw ? node.quasi : node
  if (!isNode(template) || template.type !== 'TemplateLiteral') return null
  const [quasi, ...more] = template.quasis as readonly { value: { raw: string; cooked: string } }[]
  if (quasi === undefined || more.length > 0) return null
  return isRaw ? quasi.value.raw : quasi.value.cooked
}

const LENGTH = 100_000
/** What texts about mail are usually made of. */
const COMMON = ['a', ' ', '.', '0']
export type Patience = { readonly limitMs: number; readonly tries: number }

/**
 * An expression that is linear takes some milliseconds for a text. The machine may be busy with something
 * else; an expression that is slow stays slow.
 */
const PATIENCE: Patience = { limitMs: 3_000, tries: 3 }
const UNITS_MAX = 12

const script = new Script('expression.global ? text.replace(expression, "") : expression.test(text)')
const context = createContext({ expression: /x/, text: '' })

/** The unit of the text that takes too long; null for an expression that is quick with all of them. */
export function slowUnit({ pattern, flags }: Written, patience = PATIENCE): string | null {
  context.expression = new RegExp(pattern, flags)
  for (const unit of unitsOf(pattern)) {
    // A letter that hardly any expression takes stands at the end: each attempt fails as late as it can.
    context.text = `${unit.repeat(Math.ceil(LENGTH / unit.length))}\u0001`
    let tries = 0
    while (tries < patience.tries && !isQuick(patience.limitMs)) tries++
    if (tries === patience.tries) return unit
  }
  return null
}

function isQuick(timeout: number): boolean {
  try {
    script.runInContext(context, { timeout })
    return true
  } catch {
    return false
  }
}

/** Its words, its own letters, and an example of each of its classes. */
function unitsOf(pattern: string): readonly string[] {
  const plain = pattern
    .replace(/\\[ux]\{?[0-9a-fA-F]+\}?|\\p\{[^}]*\}|\(\?(?:<?[=!]|:|<\w+>)|\{\d+(?:,\d*)?\}/gi, '\u0000')
    .replace(/\\s/g, ' ')
    .replace(/\\d/g, '0')
    .replace(/\\w/g, 'a')
    .replace(/\\[bB]/g, '\u0000')
    .replace(/\\t/g, '\t')
    .replace(/\\n/g, '\n')
    .replace(/\\r/g, '\r')
    .replace(/\\(.)/g, '$1')
  const words = plain.split(/[\u0000()|[\]{}*+?^$]+/).filter((word) => word !== '')
  const joined = words.join('').slice(0, 200)
  const units = new Set([...COMMON, ...words.map((word) => word.slice(0, 100)), joined, ...plain])
  units.delete('\u0000')
  units.delete('')
  return [...units].slice(0, UNITS_MAX)
}
