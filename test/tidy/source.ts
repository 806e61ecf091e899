// Reads the files that git tracks and parses the code among them, so that every check works on one small
// type.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { parseAst } from 'vite'

/** A syntax-tree node in ESTree form; checks look only at the fields that they name. */
export type Node = { readonly type: string; readonly start: number; readonly end: number } & {
  readonly [field: string]: unknown
}

/** One tracked text file. `program` is null for anything that isn't TypeScript or JavaScript. */
export type SourceFile = {
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  readonly program: Node | null
}

/** One breach of a rule; the message says what to do instead. */
export type Violation = { readonly path: string; readonly line: number; readonly message: string }

const languages = new Map<string, 'ts' | 'tsx' | 'js'>([
  ['.ts', 'ts'],
  ['.tsx', 'tsx'],
  ['.mjs', 'js'],
])

/** Files that are bytes, or that another program writes. */
const notText = /\.(png|ico|woff2|eml|bin|gz|zip|db)$/

/** All text files that git tracks below the folder, or those among them whose path is wanted. */
export function trackedFiles(root: string, wanted = /^/): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  const paths = listed.split('\0').filter((path) => path !== '' && wanted.test(path) && !notText.test(path))
  const present = paths.filter((path) => existsSync(join(root, path)) && statSync(join(root, path)).isFile())
  return present.map((path) => sourceOf(path, readFileSync(join(root, path), 'utf8')))
}

/** A file as the checks see it; also how a self-test makes one up. Throws where the code does not parse. */
export function sourceOf(path: string, text: string): SourceFile {
  const lang = languages.get(extname(path))
  const program = lang === undefined ? null : (parseAst(text, { lang }, path) as unknown as Node)
  return { path, text, lines: text.split('\n'), program }
}

/** Line number, counted from 1, of an offset in the text. */
export function lineAt(file: SourceFile, offset: number): number {
  let line = 1
  for (let at = file.text.indexOf('\n'); at !== -1 && at < offset; at = file.text.indexOf('\n', at + 1))
    line += 1
  return line
}

/** Calls `visit` for each node of a tree, outermost first, with the node that holds it. */
export function walk(
  node: Node,
  visit: (node: Node, parent: Node | null) => void,
  parent: Node | null = null,
) {
  visit(node, parent)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit, node)
  }
}

/** Nodes of the file for which `matches` holds, as violations. */
export function violationsWhere(
  file: SourceFile,
  message: string,
  matches: (node: Node, parent: Node | null) => boolean,
): Violation[] {
  const found: Violation[] = []
  if (file.program === null) return found
  walk(file.program, (node, parent) => {
    if (matches(node, parent)) found.push({ path: file.path, line: lineAt(file, node.start), message })
  })
  return found
}

/** Whether the node is `object.property`, written with two plain names. */
export function isMember(node: unknown, object: string, property?: string): boolean {
  if (!isNode(node) || node.type !== 'MemberExpression') return false
  return nameOf(node.object) === object && (property === undefined || nameOf(node.property) === property)
}

/** The name of an identifier, else an empty string. */
export function nameOf(node: unknown): string {
  return isNode(node) && node.type === 'Identifier' && typeof node.name === 'string' ? node.name : ''
}

/** What a module imports or re-exports: specifier, whether only types cross, and the imported names. */
export type Import = {
  readonly specifier: string
  readonly line: number
  readonly typeOnly: boolean
  readonly names: readonly string[]
  readonly node: Node
}

/** Every import of a file: static, re-exported and dynamic with a literal. */
export function importsOf(file: SourceFile): Import[] {
  const found: Import[] = []
  if (file.program === null) return found
  walk(file.program, (node) => {
    const source = node.source
    const imports = node.type.startsWith('Import') || node.type.startsWith('Export')
    if (!imports || !isNode(source) || typeof source.value !== 'string') return
    const specifiers = Array.isArray(node.specifiers) ? node.specifiers.filter(isNode) : []
    found.push({
      specifier: source.value,
      line: lineAt(file, node.start),
      typeOnly: node.importKind === 'type' || node.exportKind === 'type',
      names: specifiers.map((specifier) => nameOf(specifier.imported)),
      node,
    })
  })
  return found
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}
