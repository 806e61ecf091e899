// Tests that every connector over HTTPS begins with.
import { type DirectoryCheck, DirectoryFault, type DirectoryStep } from './entry.ts'
import type { Web } from './web.ts'

/** A test that passed, with what it saw as a sentence. */
export const passed = (step: DirectoryStep, saw: string): DirectoryCheck => ({
  step,
  state: 'passed',
  saw,
  remedy: null,
})

/** Looks the hosts of these origins up; throws a `DirectoryFault` for the first that has no address. */
export async function resolveHosts(origins: readonly string[], web: Web): Promise<DirectoryCheck> {
  const found: string[] = []
  for (const origin of origins) {
    const host = new URL(origin).hostname
    const addresses = await web.resolve(host).catch(() => [])
    if (addresses.length === 0)
      throw new DirectoryFault({
        step: 'resolve',
        code: 'no-such-host',
        saw: `${host} has no address.`,
        remedy: 'Check that this server can look up names on the internet.',
      })
    found.push(`${host} is ${addresses[0]}`)
  }
  return passed('resolve', `${found.join('; ')}.`)
}
