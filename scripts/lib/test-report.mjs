// Counts test results and prints them briefly: failures in full, skips by name, one line a group, the
// slowest files and a last line.

/** Skips for want of a program that Debian offers; on a build machine these are failures. */
const COMPONENT_MISSING = 'component missing:'

/** Files that take longer are worth knowing, as the whole run has a time limit. */
const SLOW_MS = 20_000
const SLOWEST_SHOWN = 12

const colour = process.stdout.isTTY
  ? { bad: '\u001b[31m', dim: '\u001b[2m', off: '\u001b[0m' }
  : { bad: '', dim: '', off: '' }

/** Collects the results of steps and files; `finish` prints the sum and returns the exit code. */
export function createReport({ print = console.log, strict = process.env.CI === 'true' } = {}) {
  const sum = { passed: 0, failed: 0, skipped: 0 }
  const groups = new Map()
  const skips = []
  const slow = []
  const once = new Map()

  const add = (group, kind) => {
    sum[kind] += 1
    const counts = groups.get(group) ?? { passed: 0, failed: 0, skipped: 0, ms: 0 }
    counts[kind] += 1
    groups.set(group, counts)
  }

  return {
    /** One yes-or-no step such as the linter; its output is shown only when it failed. */
    step(name, { code, output }, ms) {
      add(name, code === 0 ? 'passed' : 'failed')
      if (code === 0) print(`  ok      ${name} ${colour.dim}${seconds(ms)}${colour.off}`)
      else print(`  ${colour.bad}FAILED${colour.off}  ${name}\n${indent(output.trim())}`)
    },

    /** A file that is run again before it counts; its failures are printed all the same. */
    failedOnce({ name, lines }) {
      once.set(name, failuresAmong(lines))
      for (const failure of once.get(name)) printFailure(print, name, failure, 'ONCE')
    },

    /** The results of one test file. */
    file({ name, lines, output, fault, ms }) {
      const group = groupOf(name)
      const failures = failuresAmong(lines)
      if (fault !== null) failures.push({ name: `the file ${fault}`, line: null, text: '' })
      for (const failure of failures) {
        add(group, 'failed')
        printFailure(print, name, failure)
      }
      for (const { kind, isSuite } of lines) if (kind === 'pass' && !isSuite) add(group, 'passed')
      for (const skip of lines.filter(({ kind }) => kind === 'skip')) {
        const fails = strict && skip.reason.startsWith(COMPONENT_MISSING)
        add(group, fails ? 'failed' : 'skipped')
        skips.push(`${fails ? 'FAILED  ' : ''}${name}: ${skip.name} (${skip.reason})`)
      }
      if (failures.length > 0 && output.trim() !== '') print(indent(`printed by ${name}:\n${output.trim()}`))
      if (groups.has(group)) groups.get(group).ms += ms
      if (ms >= SLOW_MS) slow.push({ name, ms })
    },

    /** Prints skips, one line for each group of files, and the sum; returns the exit code. */
    finish() {
      if (skips.length > 0) print(`\nSkipped:\n${skips.map((line) => `  ${line}`).join('\n')}`)
      print('')
      for (const [group, counts] of [...groups].sort(([a], [b]) => a.localeCompare(b))) {
        print(
          `  ${group.padEnd(28)} ${textOf(counts)} ${colour.dim}${seconds(counts.ms)}${colour.off}`.trimEnd(),
        )
      }
      if (once.size > 0) print(unsteady(once))
      if (slow.length > 0) print('\nSlowest files:')
      for (const { name, ms } of slow.sort((a, b) => b.ms - a.ms).slice(0, SLOWEST_SHOWN)) {
        print(`  ${seconds(ms).padStart(8)}  ${name}`)
      }
      print(`\n${textOf(sum)}`)
      return sum.failed === 0 && sum.passed > 0 ? 0 : 1
    },
  }
}

/** Failed tests, without suites that failed because one of theirs did. */
function failuresAmong(lines) {
  return lines.filter(({ kind, isConsequence }) => kind === 'fail' && !isConsequence)
}

function unsteady(once) {
  const lines = [...once].map(
    ([name, failures]) => `  ${name}: ${failures.map((one) => one.name).join('; ')}`,
  )
  return ['\nUnsteady, failed in the run and was run again alone; mend it:', ...lines].join('\n')
}

function textOf({ passed, failed, skipped }) {
  const rest = skipped > 0 ? `, ${skipped} skipped` : ''
  return `${passed} passed, ${failed} failed${rest}`
}

function printFailure(print, name, failure, word = 'FAILED') {
  const line = failure.line === null ? '' : `:${failure.line}`
  print(`  ${colour.bad}${word.padEnd(6)}${colour.off}  ${name}${line}  ${failure.name}`)
  if (failure.text !== '') print(indent(failure.text))
}

/**
 * `packages/server/src/edge/limits.test.ts` belongs to `server/edge`, `test/journeys/x.test.ts` to
 * `test/journeys`.
 */
export function groupOf(name) {
  const parts = name.split('/')
  if (parts[0] !== 'packages') return parts.length > 2 ? parts.slice(0, 2).join('/') : parts[0]
  return parts.length > 4 ? `${parts[1]}/${parts[3]}` : parts[1]
}

const seconds = (ms) => (ms === undefined || ms === 0 ? '' : `${(ms / 1000).toFixed(1)} s`)

const indent = (text) => text.replace(/^/gm, '          ')
