// `recipients`: which recipients each domain accepts.
import { listDomains, updateDomain } from '@gatepost/contract/domain.ts'
import { getRecipientPreview } from '@gatepost/contract/recipient.ts'
import { type Command, type Context, command, oneOf } from '../command.ts'
import { table } from '../layout.ts'
import { wordOf } from '../words.ts'

const MODES = ['accept-all', 'known', 'directory', 'call-forward', 'learning'] as const
const SENDERS = ['original', 'null'] as const
const SILENT = ['defer', 'accept'] as const
const UNKNOWN = ['reject', 'defer'] as const

export const recipientCommands: readonly Command[] = [
  command({ path: 'recipients show', means: 'Which recipients each domain accepts.', run: showModes }),
  command({
    path: 'recipients set',
    args: ['DOMAIN', 'MODE'],
    flags: [
      { name: 'unknown', value: 'reject|defer', means: 'What unknown recipients get: 550 or 451.' },
      { name: 'sender', value: 'original|null', means: 'The sender that the mail host is asked with.' },
      { name: 'silent', value: 'defer|accept', means: 'What becomes of those the mail host is silent on.' },
      { name: 'days', value: 'N', means: 'How long the domain learns.' },
    ],
    means: `Sets which recipients a domain accepts: ${MODES.join(', ')}.`,
    run: setMode,
  }),
  command({
    path: 'recipients preview',
    args: ['DOMAIN'],
    means: 'Who would have been refused in the last 14 days, by each way to validate recipients.',
    run: preview,
  }),
]

async function preview({ call, tenant, arg, show }: Context): Promise<number> {
  const found = await call(getRecipientPreview, { params: { tenant: await tenant(), domain: arg(0) } })
  show(found, () =>
    table(
      ['Way', 'Addresses', 'Messages', 'Such as', 'Meaning'],
      found.modes.map((one) => [
        wordOf(one.mode),
        String(one.addresses),
        String(one.messages),
        one.sample.slice(0, 3).join(', '),
        one.blocked ?? one.text,
      ]),
      '',
    ),
  )
  return 0
}

async function showModes({ call, tenant, show }: Context): Promise<number> {
  const { items } = await call(listDomains, { params: { tenant: await tenant() } })
  const modes = items.map(({ name, recipientMode, unknownRecipient, userCount }) => {
    return { name, recipientMode, unknownRecipient, userCount }
  })
  show(modes, () =>
    table(
      ['Domain', 'Accepts', 'Unknown recipients', 'Users'],
      modes.map((one) => [
        one.name,
        wordOf(one.recipientMode),
        one.recipientMode !== 'accept-all' && one.recipientMode !== 'learning'
          ? wordOf(one.unknownRecipient)
          : '–',
        String(one.userCount),
      ]),
      'There is no domain yet. Add one with: gatepost domains add DOMAIN',
    ),
  )
  return 0
}

async function setMode({ call, tenant, arg, flag, show }: Context): Promise<number> {
  const recipientMode = oneOf(arg(1), MODES, 'MODE')
  const unknown = flag('unknown')
  const days = flag('days')
  const body = {
    recipientMode,
    ...(unknown === undefined ? {} : { unknownRecipient: oneOf(unknown, UNKNOWN, '--unknown') }),
    ...(days === undefined ? {} : { learningDays: Number(days) }),
    ...callForwardOf(flag('sender'), flag('silent')),
  }
  const domain = await call(updateDomain, { params: { tenant: await tenant(), domain: arg(0) }, body })
  show(domain, () => `${domain.name} accepts: ${wordOf(domain.recipientMode)}\n`)
  return 0
}

function callForwardOf(sender: string | undefined, silent: string | undefined) {
  if (sender === undefined && silent === undefined) return {}
  return {
    callForward: {
      ...(sender === undefined ? {} : { sender: oneOf(sender, SENDERS, '--sender') }),
      ...(silent === undefined ? {} : { whenSilent: oneOf(silent, SILENT, '--silent') }),
    },
  }
}
