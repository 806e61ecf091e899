// Lists of any length in pieces that one statement takes.

/** Values in one `in (…)` or rows in one insert: below the parameter limits of both databases. */
const BATCH = 2_000

export function* batchesOf<Item>(items: readonly Item[], size = BATCH): Generator<Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}
