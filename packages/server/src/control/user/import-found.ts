// What a preview says of a file: counts, columns, wrong rows, the first good ones, and what it would make or
// remove besides.
import type { ImportMode } from '@gatepost/contract/user-import.ts'
import { nameKeyOf } from './address.ts'
import type { ImportFile } from './import-file.ts'
import type { ImportPlan } from './import-plan.ts'
import type { ImportFound } from './import-store.ts'

export type FoundContext = {
  readonly mode: ImportMode
  /** Local groups by folded name. */
  readonly groups: ReadonlyMap<string, unknown>
}

/** Shown and kept; the count is exact. */
const ERRORS_KEPT_MAX = 1_000
const SAMPLE_ROWS = 20
const NAMES_SHOWN = 20
/** Up to so many removals go without a yes to their number. */
const REMOVALS_FREE = 5

export function foundIn(file: ImportFile, plan: ImportPlan, { mode, groups }: FoundContext): ImportFound {
  const names = new Map<string, string>()
  for (const row of file.candidates) {
    for (const name of row.groups) {
      const key = nameKeyOf(name)
      // As it is written first.
      if (!names.has(key)) names.set(key, name)
    }
  }
  return {
    mode,
    columns: [...file.columns],
    rows: file.rows,
    adds: plan.adds.length,
    changes: plan.changes.length,
    unchanged: plan.unchanged.length,
    removes: plan.removes.length,
    keeps: plan.keeps.length,
    removesSample: plan.removes.slice(0, NAMES_SHOWN).map(({ email }) => email),
    removalsNeedYes: plan.removes.length > REMOVALS_FREE,
    passwords: file.candidates.filter(({ password }) => password !== null).length,
    newGroups: [...names].flatMap(([key, name]) => (groups.has(key) ? [] : [name])).slice(0, NAMES_SHOWN),
    errors: plan.errors.slice(0, ERRORS_KEPT_MAX),
    errorCount: plan.errors.length,
    warnings: [...file.warnings, ...namesWarning(plan.namesLeft)],
    sample: file.candidates.slice(0, SAMPLE_ROWS).map(({ line, email, name, aliases }) => {
      return { line, email: email.address, name, aliases: aliases.map(({ address }) => address) }
    }),
  }
}

function namesWarning(count: number): readonly string[] {
  if (count === 0) return []
  const rows = count === 1 ? '1 name differs' : `${count} names differ`
  return [`${rows} from what a directory says; the directory’s stays.`]
}
