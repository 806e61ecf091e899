// Reads back what our own authentication found, from the trace fields that the edge wrote.

export type OwnResults = {
  /** Our authserv-id and all results, on one line: the value of an ARC-Authentication-Results field. */
  readonly text: string
  readonly arc: 'none' | 'pass' | 'fail'
}

/** Null where nothing was authenticated: an organisation's own mail, and what the gateway wrote itself. */
export function resultsIn(traceFields: string): OwnResults | null {
  const field = traceFields
    .split(/\r\n(?![ \t])/)
    .find((line) => line.toLowerCase().startsWith('authentication-results:'))
  if (field === undefined) return null
  const text = field
    .slice(field.indexOf(':') + 1)
    .replace(/\r\n[ \t]+/g, '\r\n\t')
    .trim()
  const arc = /;\s*arc=([a-z]+)/i.exec(text)?.[1]?.toLowerCase() ?? 'none'
  return { text, arc: arc === 'none' || arc === 'pass' ? arc : 'fail' }
}
