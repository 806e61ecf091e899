// Joins message rows of two answers: each once, the first list's word counting, newest first.
import type { MessageRow } from '@gatepost/contract/message.ts'

export function mergeRows(
  preferred: readonly MessageRow[],
  others: readonly MessageRow[],
): readonly MessageRow[] {
  const byId = new Map(others.map((row) => [row.id, row]))
  for (const row of preferred) byId.set(row.id, row)
  return [...byId.values()].sort((one, other) => other.at - one.at || (one.id < other.id ? 1 : -1))
}
