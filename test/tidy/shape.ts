// The numbers of STYLE.md: how long files, functions and lines may be, and that a file says why it exists.
import { isNode, lineAt, type Node, nameOf, type SourceFile, type Violation, walk } from './source.ts'

const FILE_LINES_MAX = 400
const LINE_MAX = 110
/** A long string or address can't be folded without harm to those who search for it. */
const LINE_WITH_STRING_MAX = 140
const FUNCTION_LINES_MAX = 70
/** Pages are mostly markup, and tests are stories: both read well a little longer. */
const COMPONENT_LINES_MAX = 120

const isCode = ({ path }: SourceFile) => /\.(ts|tsx|mjs)$/.test(path)
const isStory = ({ path }: SourceFile) => /\.tsx$|\.test\.ts$|^test\//.test(path)

/** Code files of at most 400 lines. */
export function fileLength(file: SourceFile): Violation[] {
  const count = file.text.endsWith('\n') ? file.lines.length - 1 : file.lines.length
  if (!isCode(file) || count <= FILE_LINES_MAX) return []
  return [{ path: file.path, line: count, message: `${count} lines; a file has at most ${FILE_LINES_MAX}` }]
}

/** Lines of at most 110 characters, or 140 where a string or an address makes them long. */
export function lineLength(file: SourceFile): Violation[] {
  if (!isCode(file) || file.lines.every((text) => text.length <= LINE_MAX)) return []
  const withText = linesWithText(file)
  return file.lines.flatMap((text, index) => {
    const limit = withText.has(index + 1) || /https?:/.test(text) ? LINE_WITH_STRING_MAX : LINE_MAX
    if (text.length <= limit) return []
    return [{ path: file.path, line: index + 1, message: `${text.length} characters; at most ${limit}` }]
  })
}

/** Numbers of the lines on which a string, a template or text of a page stands. */
function linesWithText(file: SourceFile): ReadonlySet<number> {
  const numbers = new Set<number>()
  if (file.program === null) return numbers
  walk(file.program, ({ type, value, start, end }) => {
    const isText = type === 'TemplateElement' || type === 'JSXText'
    if (!isText && !(type === 'Literal' && typeof value === 'string')) return
    for (let line = lineAt(file, start); line <= lineAt(file, end); line += 1) numbers.add(line)
  })
  return numbers
}

/** The first line of a code file is a comment. */
export function firstLine(file: SourceFile): Violation[] {
  if (!isCode(file)) return []
  const [first = '', second = ''] = file.lines
  const line = first.startsWith('#!') ? second : first
  if (/^(\/\/|\/\*)/.test(line)) return []
  return [{ path: file.path, line: 1, message: 'the first line is a comment that says why the file exists' }]
}

/** Functions of at most 70 lines; components and tests of at most 120. A `describe` only holds others. */
export function functionLength(file: SourceFile): Violation[] {
  if (file.program === null) return []
  const limit = isStory(file) ? COMPONENT_LINES_MAX : FUNCTION_LINES_MAX
  const found: Violation[] = []
  walk(file.program, (node, parent) => {
    if (!isFunction(node) || isDescribe(parent)) return
    const line = lineAt(file, node.start)
    const count = lineAt(file, node.end) - line + 1
    const message = `a function of ${count} lines; at most ${limit}`
    if (count > limit) found.push({ path: file.path, line, message })
  })
  return found
}

function isFunction({ type, body }: Node): boolean {
  return (
    isNode(body) &&
    (type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression')
  )
}

function isDescribe(parent: Node | null): boolean {
  return parent?.type === 'CallExpression' && /^(describe|suite)$/.test(nameOf(parent.callee))
}
