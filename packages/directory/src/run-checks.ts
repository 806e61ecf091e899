// Runs the named tests of a connector one after the other: the first failure ends them, and the rest say so.
import { type DirectoryCheck, DirectoryFault, type DirectoryStep } from './entry.ts'

export type CheckStep = { readonly step: DirectoryStep; readonly run: () => Promise<DirectoryCheck> }

/**
 * All checks in order. A fault may belong to a later or earlier test than the one that met it: it is shown at
 * its own, and those between count as passed or not run. `shape` is what the settings alone have wrong; then
 * nobody is asked. Rejects when `signal` is aborted.
 */
export async function runChecks(
  steps: readonly CheckStep[],
  { shape, signal }: { readonly shape: DirectoryFault | null; readonly signal: AbortSignal },
): Promise<readonly DirectoryCheck[]> {
  if (shape !== null) return withFailure(steps, [], shape)
  const done: DirectoryCheck[] = []
  for (const { run } of steps) {
    signal.throwIfAborted()
    try {
      done.push(await run())
    } catch (error) {
      if (!(error instanceof DirectoryFault)) throw error
      return withFailure(steps, done, error)
    }
  }
  return done
}

function withFailure(
  steps: readonly CheckStep[],
  done: readonly DirectoryCheck[],
  fault: DirectoryFault,
): readonly DirectoryCheck[] {
  const failedAt = steps.findIndex(({ step }) => step === fault.step)
  return steps.map(({ step }, index): DirectoryCheck => {
    if (index === failedAt) return { step, state: 'failed', saw: fault.saw, remedy: fault.remedy }
    const known = index < failedAt ? done.find((check) => check.step === step) : undefined
    return known ?? { step, state: 'not-run', saw: 'Not tried: another test failed.', remedy: null }
  })
}

/** Certificates are checked with every request; only the installation itself may name hosts without TLS. */
export function checkScheme(urls: readonly string[]): DirectoryCheck {
  if (urls.every((url) => url.startsWith('https:')))
    return {
      step: 'tls',
      state: 'passed',
      saw: 'Both hosts showed certificates that are trusted.',
      remedy: null,
    }
  return {
    step: 'tls',
    state: 'warning',
    saw: 'The installation asks other hosts than the cloud’s, without TLS.',
    remedy: 'Right for a sandbox. Otherwise an operator removes the keys directories.* of the configuration.',
  }
}
