// Probes that read the dialogue with our own listener: TLS, strangers, unknown recipients and relaying.
import type { Said } from '@gatepost/contract/saying.ts'
import { say } from '@gatepost/contract/sayings.ts'
import type { SelfProbed } from '#link/self-orders.ts'
import { type Finding, failed, notVerified, type Probe, passed } from './finding.ts'
import type { Sight } from './gather.ts'

type Answer = SelfProbed['answers'][number]

function listenerProbe(
  probe: Pick<Probe, 'name'> & { readonly judge: (found: SelfProbed, sight: Sight) => Finding },
): Probe {
  const { name, judge } = probe
  return {
    name,
    group: 'inbound',
    run: async (sight) => {
      const { dialogue } = sight
      if (dialogue.kind === 'failed') return notVerified(say('accept.no-listener', { why: dialogue.why }))
      return judge(dialogue, sight)
    },
  }
}

function answerProbe(
  probe: Pick<Probe, 'name'> & {
    readonly question: string
    readonly without: Said
    readonly judge: (answer: Answer) => Finding
  },
): Probe {
  const { question, without, judge, ...rest } = probe
  return listenerProbe({
    ...rest,
    judge: ({ answers, fault }) => {
      const answer = answers.find(({ name }) => name === question)
      if (answer) return judge(answer)
      return notVerified(fault === null ? without : say('accept.broke-off', { why: fault }))
    },
  })
}

const NO_DOMAIN = say('accept.no-domain-asked')

export const listenerProbes: readonly Probe[] = [
  listenerProbe({
    name: 'inbound-tls',
    judge: ({ greeting, tls, fault }) => {
      if (tls === null) {
        if (greeting === '') {
          const why = fault ?? say('part.silence')
          return failed(say('accept.no-greeting', { why }), say('accept.look-into-log'))
        }
        const saw = fault === null ? say('accept.no-starttls') : say('accept.starttls-failed', { why: fault })
        return failed(saw, say('accept.give-certificate'))
      }
      const { version, cipher } = tls
      const seen = { version, cipher, subject: tls.subject || say('accept.nameless') }
      if (tls.verified) return passed(say('accept.tls-valid', seen))
      const saw = say('accept.tls-unverified', { ...seen, why: tls.fault ?? say('accept.unknown') })
      return { state: 'warning', saw, remedy: say('accept.public-certificate') }
    },
  }),
  answerProbe({
    name: 'known-recipient',
    question: 'known',
    without: say('accept.no-mailbox-asked'),
    judge: ({ code, reply }) => {
      if (code < 300) return passed(say('accept.taken', { reply }))
      if (code < 500) return passed(say('accept.greylisted', { reply }))
      return failed(say('accept.refused', { reply }), say('accept.look-up-why'))
    },
  }),
  answerProbe({
    name: 'unknown-recipient',
    question: 'unknown',
    without: NO_DOMAIN,
    judge: ({ code, reply }) => {
      if (code >= 500) return passed(reply)
      const remedy = say('accept.switch-on-validation')
      if (code >= 400) return { state: 'warning', saw: say('accept.refused-for-now', { reply }), remedy }
      return failed(say('accept.taken', { reply }), remedy)
    },
  }),
  answerProbe({
    name: 'relay',
    question: 'relay',
    without: say('accept.not-asked'),
    judge: ({ code, reply }) =>
      code >= 400 ? passed(reply) : failed(say('accept.may-relay', { reply }), say('accept.stop')),
  }),
  answerProbe({
    name: 'relay-own',
    question: 'relay-own',
    without: NO_DOMAIN,
    judge: ({ code, reply }) =>
      code >= 400 ? passed(reply) : failed(say('accept.may-claim', { reply }), say('accept.remove-loopback')),
  }),
]
