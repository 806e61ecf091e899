// Probes that read the dialogue with our own listener: TLS, strangers, unknown recipients and relaying.
import type { SelfProbed } from '#link/self-orders.ts'
import { type Finding, failed, notVerified, type Probe, passed } from './finding.ts'
import type { Sight } from './gather.ts'

/** The edge asks on its own machine: what the listener says is proven, the way to it is not. */
const FROM_HERE =
  'Asked from the gateway’s own machine, as a stranger; the way from the internet is proven by mail seen.'

type Answer = SelfProbed['answers'][number]

function listenerProbe(
  probe: Pick<Probe, 'name' | 'title'> & { readonly judge: (found: SelfProbed, sight: Sight) => Finding },
): Probe {
  const { name, title, judge } = probe
  return {
    name,
    title,
    group: 'inbound',
    proves: FROM_HERE,
    run: async (sight) => {
      const { dialogue } = sight
      if (dialogue.kind === 'failed') return notVerified(`Our listener could not be asked: ${dialogue.why}`)
      return judge(dialogue, sight)
    },
  }
}

function answerProbe(
  probe: Pick<Probe, 'name' | 'title'> & {
    readonly question: string
    readonly without: string
    readonly judge: (answer: Answer) => Finding
  },
): Probe {
  const { question, without, judge, ...rest } = probe
  return listenerProbe({
    ...rest,
    judge: ({ answers, fault }) => {
      const answer = answers.find(({ name }) => name === question)
      if (answer) return judge(answer)
      return notVerified(fault === null ? without : `The dialogue broke off: ${fault}.`)
    },
  })
}

const NO_DOMAIN = 'No domain is validated, so there was nothing to ask.'

export const listenerProbes: readonly Probe[] = [
  listenerProbe({
    name: 'inbound-tls',
    title: 'Inbound connections can be encrypted',
    judge: ({ greeting, tls, fault }) => {
      if (tls === null) {
        if (greeting === '') return failed(`No greeting: ${fault ?? 'silence'}.`, 'Look into the log.')
        const saw = fault === null ? 'STARTTLS is not offered.' : `STARTTLS failed: ${fault}.`
        return failed(saw, 'Give the gateway a certificate (tls.certificateFile).')
      }
      const saw = `${tls.version}, ${tls.cipher}; certificate ${tls.subject || 'without a name'}`
      if (tls.verified) return passed(`${saw}, valid for the gateway’s name.`)
      const remedy = 'Mail is encrypted all the same. Partners that verify need a public certificate.'
      return { state: 'warning', saw: `${saw}, not verified (${tls.fault ?? 'unknown'}).`, remedy }
    },
  }),
  answerProbe({
    name: 'known-recipient',
    title: 'A known recipient is accepted',
    question: 'known',
    without: 'No mailbox was named to ask for.',
    judge: ({ code, reply }) => {
      if (code < 300) return passed(`Taken: ${reply}`)
      if (code < 500) return passed(`A stranger is asked to come again, as greylisting does: ${reply}`)
      return failed(`Refused: ${reply}`, 'Look up why under *Ask any message*.')
    },
  }),
  answerProbe({
    name: 'unknown-recipient',
    title: 'An unknown recipient is refused',
    question: 'unknown',
    without: NO_DOMAIN,
    judge: ({ code, reply }) => {
      if (code >= 500) return passed(reply)
      const remedy = 'Switch recipient validation on for the domain.'
      if (code >= 400) return { state: 'warning', saw: `Refused for now only: ${reply}`, remedy }
      return failed(`Taken: ${reply}`, remedy)
    },
  }),
  answerProbe({
    name: 'relay',
    title: 'Strangers cannot relay',
    question: 'relay',
    without: 'The dialogue ended before this was asked.',
    judge: ({ code, reply }) =>
      code >= 400
        ? passed(reply)
        : failed(`A stranger may relay: ${reply}`, 'Stop the gateway and look why.'),
  }),
  answerProbe({
    name: 'relay-own',
    title: 'Nobody relays by claiming a domain of yours',
    question: 'relay-own',
    without: NO_DOMAIN,
    judge: ({ code, reply }) =>
      code >= 400
        ? passed(reply)
        : failed(
            `An unauthorised host may send as you: ${reply}`,
            'Remove 127.0.0.1 from the authorised outbound addresses.',
          ),
  }),
]
