// Readiness of the resolver: it answers, it knows public names, and whether its DNSSEC flag can be believed.
import { failed, type Look, passed, warning } from './finding.ts'

/** Reserved by IANA, always there, and signed. */
const PUBLIC_NAME = 'example.com'
const SLOW_MS = 1_000 // Each message needs several look-ups; beyond this they add up to what senders notice.

export const resolverLook: Look = {
  name: 'resolver',
  title: 'The resolver answers',
  async look({ config: { hostname }, dns, clock }) {
    const startedAt = clock.now()
    const [own, other] = await Promise.all([
      dns.query({ name: hostname, type: 'A', fresh: true }),
      dns.query({ name: PUBLIC_NAME, type: 'NS', fresh: true }),
    ])
    const ms = clock.now() - startedAt
    const remedy =
      'Set GATEPOST_DNS to a resolver that answers, best a validating one on this machine: 127.0.0.1:53.'
    const silent = [own, other].find((answer) => answer.kind === 'failed')
    if (silent?.kind === 'failed') {
      const name = silent === own ? hostname : PUBLIC_NAME
      return failed(`${silent.server || 'The resolver'} did not answer for ${name}: ${silent.why}.`, remedy)
    }
    if (other.kind !== 'found') {
      return warning(
        `${other.server} answers in ${ms} ms, but does not know ${PUBLIC_NAME}: it sees no public names.`,
        remedy,
      )
    }
    if (ms > SLOW_MS) return warning(`${other.server} took ${ms} ms for two questions.`, remedy)
    return passed(`${other.server} answered two questions in ${ms} ms.`)
  },
}

export const dnssecLook: Look = {
  name: 'dnssec',
  title: 'DNSSEC answers can be believed',
  async look({ dns }) {
    const answer = await dns.query({ name: PUBLIC_NAME, type: 'NS' })
    const remedy =
      'Run a validating resolver such as unbound on this machine and set GATEPOST_DNS=127.0.0.1:53.'
    if (answer.kind === 'failed') {
      return {
        state: 'not-verified',
        saw: `The look-up failed: ${answer.why}.`,
        remedy: 'See the check of the resolver.',
      }
    }
    if (answer.authenticated) return passed(`${answer.server} is on this machine and validates DNSSEC.`)
    if (/^127\.|^\[::1\]/.test(answer.server)) {
      return {
        state: 'not-required',
        saw: `${answer.server} is on this machine but does not validate, so DANE stays off.`,
        remedy,
      }
    }
    // Decisions 39: what crosses a network unprotected proves nothing.
    return {
      state: 'not-required',
      saw: `${answer.server} is not on this machine, so DANE stays off.`,
      remedy,
    }
  },
}
