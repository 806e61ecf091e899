// Readiness of the resolver: it answers, it knows public names, and whether its DNSSEC flag can be believed.
import { say } from '@gatepost/contract/sayings.ts'
import { failed, type Look, notRequired, notVerified, passed, warning } from './finding.ts'

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
    const remedy = say('ready.set-resolver')
    const silent = [own, other].find((answer) => answer.kind === 'failed')
    if (silent?.kind === 'failed') {
      const name = silent === own ? hostname : PUBLIC_NAME
      return failed(
        say('ready.resolver-silent', {
          server: silent.server || say('ready.resolver'),
          name,
          why: silent.why,
        }),
        remedy,
      )
    }
    if (other.kind !== 'found') {
      return warning(
        say('ready.resolver-blind', { server: other.server, ms: String(ms), name: PUBLIC_NAME }),
        remedy,
      )
    }
    const { server } = other
    if (ms > SLOW_MS) return warning(say('ready.resolver-slow', { server, ms: String(ms) }), remedy)
    return passed(say('ready.resolver-right', { server, ms: String(ms) }))
  },
}

export const dnssecLook: Look = {
  name: 'dnssec',
  title: 'DNSSEC answers can be believed',
  async look({ dns }) {
    const answer = await dns.query({ name: PUBLIC_NAME, type: 'NS' })
    const { server } = answer
    const remedy = say('ready.run-validating')
    if (answer.kind === 'failed') {
      return notVerified(say('ready.look-up-failed', { why: answer.why }), say('ready.see-resolver'))
    }
    if (answer.authenticated) return passed(say('ready.dnssec-right', { server }))
    if (/^127\.|^\[::1\]/.test(server)) return notRequired(say('ready.dnssec-not', { server }), remedy)
    // Decisions 39: what crosses a network unprotected proves nothing.
    return notRequired(say('ready.dnssec-away', { server }), remedy)
  },
}
