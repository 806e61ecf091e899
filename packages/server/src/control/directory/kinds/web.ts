// The effects that readers of web directories get from control: fetch, clock, names.
import { setTimeout as wait } from 'node:timers/promises'
import type { Web } from '@gatepost/directory/web.ts'
import { parseIp } from '@gatepost/mail/ip.ts'
import type { ControlDeps } from '../../scope.ts'

/** Web effects over the house's clock and resolver. */
export function webOf({ clock, dns }: Pick<ControlDeps, 'clock' | 'dns'>): Web {
  return {
    fetch: (url, init) => fetch(url, init),
    now: () => clock.now(),
    pause: async (delayMs, signal) => {
      await wait(delayMs, undefined, { signal, ref: false }).catch(() => undefined)
    },
    async resolve(host) {
      if (parseIp(host.replace(/^\[(.*)\]$/, '$1')).ok) return [host]
      const answers = await Promise.all([
        dns.query({ name: host, type: 'A', fresh: true }),
        dns.query({ name: host, type: 'AAAA', fresh: true }),
      ])
      return answers.flatMap((answer) => (answer.kind === 'found' ? answer.records : []))
    },
  }
}
