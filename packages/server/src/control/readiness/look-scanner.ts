// Readiness of the virus scanner: it answers, where one is configured.
import { say } from '@gatepost/contract/sayings.ts'
import { Clamd } from '#platform/clamd.ts'
import { failed, type Look, notRequired, passed } from './finding.ts'

export const scannerLook: Look = {
  name: 'virus-scanner',
  title: 'The virus scanner answers',
  async look({ config: { screening } }) {
    if (screening.clamd === null) {
      return notRequired(say('ready.no-scanner'), say('ready.install-clamd'))
    }
    const version = await new Clamd({ address: screening.clamd }).version()
    if (version !== null) return passed(say('ready.scanner', { version }))
    return failed(say('ready.clamd-silent'), say('alert.start-clamd'))
  },
}
