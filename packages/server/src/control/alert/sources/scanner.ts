// The alert of a virus scanner that does not answer: asked often, because mail waits meanwhile.
import { say } from '@gatepost/contract/sayings.ts'
import { Clamd } from '#platform/clamd.ts'
import type { NewAlert } from '../alert.ts'
import type { Source } from './source.ts'

export const scannerSource: Source = {
  name: 'scanner',
  kinds: ['scanner-down'],
  everyMs: 30_000,
  async look({ config: { screening } }) {
    if (screening.clamd === null) return { wrong: [], stays: () => false }
    const version = await new Clamd({ address: screening.clamd }).version()
    const wrong: NewAlert[] = [
      {
        tenantId: null,
        kind: 'scanner-down',
        subject: 'clamd',
        severity: 'critical',
        text: say('alert.no-clamd'),
        remedy: say('alert.start-clamd'),
        link: '/system/readiness',
      },
    ]
    return { wrong: version === null ? wrong : [], stays: () => false }
  },
}
