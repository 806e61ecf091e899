// C2 from the world: connectors that are there, their tests, their last run, and what stops them.
import type { Check } from '@gatepost/contract/common.ts'
import { countOf } from '../domain/look.ts'
import type { Own } from './derive.ts'
import { checkOf } from './derive-people.ts'
import type { Observed, ObservedDirectory } from './observed.ts'

/** C2 */
export function deriveDirectory({ directories }: Pick<Observed, 'directories'>): Own {
  const checks = directories.flatMap(checksOf)
  const good = directories.filter(({ lastGoodAt }) => lastGoodAt !== null)
  const own = { checks, isSatisfied: good.length > 0 }
  if (directories.length === 0) return { ...own, state: 'not-started', detail: 'No directory yet' }
  const broken = directories.find(({ isEnabled, trouble }) => isEnabled && trouble !== null)
  if (broken)
    return { ...own, state: 'needs-attention', detail: `${broken.name}: ${broken.trouble?.saw ?? ''}` }
  const waiting = directories.find(({ isAccepted }) => !isAccepted)
  if (waiting) {
    const failed = waiting.test?.checks.find(({ state }) => state === 'failed')
    if (failed && waiting.test?.state === 'done')
      return { ...own, state: 'needs-attention', detail: `${waiting.name}: “${failed.title}” failed` }
    return {
      ...own,
      state: 'in-progress',
      detail: waiting.isPreviewed
        ? `${waiting.name}: the preview waits for a yes`
        : `${waiting.name}: preview next`,
    }
  }
  const off = directories.find(({ isEnabled }) => !isEnabled)
  if (good.length === 0) {
    if (off) return { ...own, state: 'needs-attention', detail: `${off.name} is switched off` }
    return { ...own, state: 'in-progress', detail: 'The first synchronisation runs' }
  }
  const entries = good.reduce((sum, { entries: count }) => sum + count, 0)
  const names = good.map(({ name }) => name).join(', ')
  return { ...own, state: 'done', detail: `${names}, ${countOf(entries, 'entry', 'entries')}` }
}

function checksOf(directory: ObservedDirectory): readonly Check[] {
  const { id, name, test, lastGoodAt, trouble, nextRunAt, isEnabled, entries } = directory
  const tested = checkOf({
    name: `tests ${id}`,
    title: `${name} can be read`,
    state:
      test === null ? 'not-run' : test.state === 'running' ? 'running' : test.passed ? 'passed' : 'failed',
    saw: test === null ? 'Not tested yet.' : sawOf(test),
    remedy: test?.passed === false && test.state === 'done' ? remedyOf(test) : null,
    checkedAt: test?.startedAt ?? null,
  })
  const synchronised = checkOf({
    name: `sync ${id}`,
    title: `${name} is synchronised`,
    state: trouble !== null ? 'failed' : lastGoodAt === null ? 'not-run' : isEnabled ? 'passed' : 'warning',
    saw:
      trouble?.saw ??
      (lastGoodAt === null
        ? 'Not yet.'
        : isEnabled
          ? `${countOf(entries, 'entry', 'entries')}.`
          : 'It is switched off.'),
    remedy: trouble?.remedy ?? (lastGoodAt === null ? 'Preview its changes, then say yes to them.' : null),
    checkedAt: lastGoodAt,
    nextCheckAt: isEnabled ? nextRunAt : null,
  })
  // What was never tested and runs well needs no test.
  return test === null && lastGoodAt !== null ? [synchronised] : [tested, synchronised]
}

function sawOf({ state, passed, checks }: NonNullable<ObservedDirectory['test']>): string {
  if (state === 'running') return 'The tests run.'
  const failed = checks.find((check) => check.state === 'failed')
  return passed || !failed ? 'All required tests passed.' : failed.saw
}

function remedyOf({ checks }: NonNullable<ObservedDirectory['test']>): string {
  return checks.find(({ state }) => state === 'failed')?.remedy ?? 'Run the tests again.'
}
