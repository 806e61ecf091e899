// C2 from the world: connectors that are there, their tests, their last run, and what stops them.
import type { Check } from '@gatepost/contract/common.ts'
import { say, type Text } from '@gatepost/contract/sayings.ts'
import { checkOf, is, sawOfCheck, titleOfCheck } from './check.ts'
import type { Own } from './derive.ts'
import type { Observed, ObservedDirectory } from './observed.ts'

/** C2 */
export function deriveDirectory({ directories }: Pick<Observed, 'directories'>): Own {
  const checks = directories.flatMap(checksOf)
  const good = directories.filter(({ lastGoodAt }) => lastGoodAt !== null)
  const own = { checks, isSatisfied: good.length > 0 }
  if (directories.length === 0) return { ...own, ...is('not-started', say('directory.none')) }
  const broken = directories.find(({ isEnabled, trouble }) => isEnabled && trouble !== null)
  if (broken)
    return {
      ...own,
      ...is(
        'needs-attention',
        say('directory.trouble', { name: broken.name, saw: broken.trouble?.saw ?? '' }),
      ),
    }
  const waiting = directories.find(({ isAccepted }) => !isAccepted)
  if (waiting) {
    const { name } = waiting
    const failed = waiting.test?.checks.find(({ state }) => state === 'failed')
    if (failed && waiting.test?.state === 'done')
      return {
        ...own,
        ...is('needs-attention', say('directory.test-failed', { name, title: titleOfCheck(failed) })),
      }
    const next = waiting.isPreviewed ? 'directory.preview-waits' : 'directory.preview-next'
    return { ...own, ...is('in-progress', say(next, { name })) }
  }
  const off = directories.find(({ isEnabled }) => !isEnabled)
  if (good.length === 0) {
    if (off) return { ...own, ...is('needs-attention', say('directory.off', { name: off.name })) }
    return { ...own, ...is('in-progress', say('directory.first-run')) }
  }
  const count = good.reduce((sum, { entries }) => sum + entries, 0)
  const names = good.map(({ name }) => name).join(', ')
  const entries = say('part.entries', { count })
  return { ...own, ...is('done', say('directory.done', { names, entries })) }
}

function checksOf(directory: ObservedDirectory): readonly Check[] {
  const { id, name, test, lastGoodAt, trouble, nextRunAt, isEnabled, entries } = directory
  const tested = checkOf({
    name: `tests ${id}`,
    title: say('directory.readable', { name }),
    state:
      test === null ? 'not-run' : test.state === 'running' ? 'running' : test.passed ? 'passed' : 'failed',
    saw: test === null ? say('check.not-tested') : sawOf(test),
    remedy: test?.passed === false && test.state === 'done' ? remedyOf(test) : null,
    checkedAt: test?.startedAt ?? null,
  })
  const synchronised = checkOf({
    name: `sync ${id}`,
    title: say('directory.synchronised', { name }),
    state: trouble !== null ? 'failed' : lastGoodAt === null ? 'not-run' : isEnabled ? 'passed' : 'warning',
    saw:
      trouble?.saw ??
      (lastGoodAt === null
        ? say('check.not-yet')
        : isEnabled
          ? say('directory.entries', { count: entries })
          : say('directory.off-saw')),
    remedy: trouble?.remedy ?? (lastGoodAt === null ? say('directory.preview') : null),
    checkedAt: lastGoodAt,
    nextCheckAt: isEnabled ? nextRunAt : null,
  })
  // What was never tested and runs well needs no test.
  return test === null && lastGoodAt !== null ? [synchronised] : [tested, synchronised]
}

function sawOf({ state, passed, checks }: NonNullable<ObservedDirectory['test']>): Text {
  if (state === 'running') return say('directory.testing')
  const failed = checks.find((check) => check.state === 'failed')
  return passed || !failed ? say('directory.tests-passed') : sawOfCheck(failed)
}

function remedyOf({ checks }: NonNullable<ObservedDirectory['test']>): Text {
  const failed = checks.find(({ state }) => state === 'failed')
  return failed?.said?.remedy ?? failed?.remedy ?? say('directory.test-again')
}
