// The alert of a virus scanner that does not answer: asked often, because mail waits meanwhile.
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
        text: 'The virus scanner clamd does not answer. Mail that should be scanned is deferred or held.',
        remedy: 'Start clamd, and check that GATEPOST_CLAMD names its socket or its host and port.',
        link: '/system/readiness',
      },
    ]
    return { wrong: version === null ? wrong : [], stays: () => false }
  },
}
