// Pages of lists: a query asks for one row more than the page, which tells whether there is a next one.

export type Page<Item> = {
  readonly items: Item[]
  /** `after` of the next page; null on the last. */
  readonly next: string | null
  /** How many there are in all, where that is cheap to know. */
  readonly total: number | null
}

/** Makes a page of `rows`, which were asked with `limit + 1`. */
export function pageOf<Source, Item>(
  rows: readonly Source[],
  limit: number,
  make: {
    readonly item: (row: Source) => Item
    readonly cursor: (row: Source) => string
    readonly total?: number
  },
): Page<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(make.item),
    next: rows.length > limit && last !== undefined ? make.cursor(last) : null,
    total: make.total ?? null,
  }
}
