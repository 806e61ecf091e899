// Readiness of the virus scanner: it answers, where one is configured.
import { Clamd } from '#platform/clamd.ts'
import { failed, type Look, passed } from './finding.ts'

export const scannerLook: Look = {
  name: 'virus-scanner',
  title: 'The virus scanner answers',
  async look({ config: { screening } }) {
    if (screening.clamd === null) {
      return {
        state: 'not-required',
        saw: 'No virus scanner is configured: attachments are judged, and nothing is scanned.',
        remedy: 'Install clamd on this machine and set GATEPOST_CLAMD to its socket or to host:port.',
      }
    }
    const version = await new Clamd({ address: screening.clamd }).version()
    if (version !== null) return passed(`It is ${version}.`)
    return failed(
      'clamd does not answer. Mail that should be scanned waits with its senders, or as the policy says.',
      'Start clamd, and check that GATEPOST_CLAMD names its socket or its host and port.',
    )
  },
}
