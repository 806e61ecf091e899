// The console's words for states, and times and sizes as it writes them: page and command line say the same.

const words: ReadonlyMap<string, string> = new Map([
  // Steps
  ['not-started', 'Not started'],
  ['in-progress', 'In progress'],
  ['waiting', 'Waiting'],
  ['needs-attention', 'Needs attention'],
  ['done', 'Done'],
  ['skipped', 'Skipped'],
  ['locked', 'Locked'],
  // Checks
  ['passed', 'Passed'],
  ['failed', 'Failed'],
  ['warning', 'Warning'],
  ['running', 'Running'],
  ['not-run', 'Not run'],
  ['not-verified', 'Not verified'],
  ['not-required', 'Not required'],
  // Records
  ['found', 'Found'],
  ['not-found-yet', 'Not found yet'],
  ['different-value', 'Different value'],
  ['duplicate', 'Duplicate'],
  ['conflict', 'Conflict'],
  ['temporary-failure', 'Temporary failure'],
  // Domains
  ['pending', 'Waiting'],
  ['validated', 'Validated'],
  ['temporarily-failing', 'Record not seen'],
  ['expired', 'Expired'],
  ['lost', 'Lost'],
  // Messages
  ['accepted', 'Accepted'],
  ['delivered', 'Delivered'],
  ['queued', 'Queued'],
  ['deferred', 'Deferred'],
  ['held', 'Held'],
  ['refused', 'Refused'],
  ['bounced', 'Bounced'],
  ['discarded', 'Discarded'],
  ['released', 'Released'],
  ['rerouted', 'Rerouted'],
  ['paused', 'Paused'],
  ['ambiguous', 'No answer'],
  // Policies
  ['continue', 'Continue'],
  ['not-asked', 'Not asked'],
  ['waive', 'Permitted'],
  ['waived', 'Skipped'],
  ['blind-continue', 'Unknown, continue'],
  ['blind-defer', 'Unknown, deferred'],
  ['hold', 'Held'],
  ['defer', 'Deferred'],
  ['reject', 'Refused'],
  // Recipient modes and the rest
  ['accept-all', 'All addresses'],
  ['known', 'Known addresses'],
])

/** The word of a state; one we do not know is shown as it came. */
export function wordOf(state: string): string {
  return words.get(state) ?? state
}

/** `2026-11-19 09:13:52 UTC`, or a dash. */
export function timeOf(at: number | null): string {
  return at === null ? '–' : `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** `1,186`. */
export function countOf(value: number): string {
  return value.toLocaleString('en-GB')
}

/** `1 row`, `12 rows`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${countOf(value)} ${value === 1 ? one : many}`
}

/** `412 ms`, `1.8 s`, `75 s`. */
export function spanOf(ms: number | null): string {
  if (ms === null) return '–'
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`
}

/** `812 B`, `24 kB`, `1.4 MB`. */
export function sizeOf(bytes: number | null): string {
  if (bytes === null) return '–'
  if (bytes < 1_000) return `${bytes} B`
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
