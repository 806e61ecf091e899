// A node:test reporter that writes one JSON line per finished test: what the test command counts and prints
// from.
import { inspect } from 'node:util'

/** Node's contract for reporters: the default export of a module turns events into text. */
export default async function* toJsonLines(source) {
  for await (const { type, data } of source) {
    const line = lineOf(type, data)
    if (line !== null) yield `${JSON.stringify(line)}\n`
  }
}

function lineOf(type, data) {
  if (type === 'test:summary') return { kind: 'end' }
  if (type === 'test:diagnostic' && data.nesting > 0) return { kind: 'note', text: data.message }
  if (type !== 'test:pass' && type !== 'test:fail') return null
  const isSuite = data.details?.type === 'suite'
  const where = { name: data.name, nesting: data.nesting, line: data.line ?? null, isSuite }
  if (type === 'test:fail' && data.todo === undefined) return failureOf(data, where)
  if (data.skip !== undefined) return { kind: 'skip', ...where, reason: reasonOf(data.skip) }
  return { kind: 'pass', ...where }
}

function failureOf(data, where) {
  const error = data.details?.error
  const cause = error?.cause ?? error
  // A suite or parent fails because of what is inside it; that has a line of its own.
  const isConsequence = error?.failureType === 'subtestsFailed'
  return { kind: 'fail', ...where, isConsequence, text: inspect(cause, { depth: 6, breakLength: 110 }) }
}

const reasonOf = (skip) => (typeof skip === 'string' && skip !== '' ? skip : 'no reason given')
