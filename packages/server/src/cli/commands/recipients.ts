// `recipients`: which recipients each domain accepts.
import { listDomains, updateDomain } from '@gatepost/contract/domain.ts'
import { type Command, type Context, command, oneOf } from '../command.ts'
import { table } from '../layout.ts'
import { wordOf } from '../words.ts'

const MODES = ['accept-all', 'known'] as const
const UNKNOWN = ['reject', 'defer'] as const

export const recipientCommands: readonly Command[] = [
  command({ path: 'recipients show', means: 'Which recipients each domain accepts.', run: showModes }),
  command({
    path: 'recipients set',
    args: ['DOMAIN', 'MODE'],
    flags: [{ name: 'unknown', value: 'reject|defer', means: 'What unknown recipients get: 550 or 451.' }],
    means: `Sets which recipients a domain accepts: ${MODES.join(' or ')}.`,
    run: setMode,
  }),
]

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
        one.recipientMode === 'known' ? wordOf(one.unknownRecipient) : '–',
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
  const body = {
    recipientMode,
    ...(unknown === undefined ? {} : { unknownRecipient: oneOf(unknown, UNKNOWN, '--unknown') }),
  }
  const domain = await call(updateDomain, { params: { tenant: await tenant(), domain: arg(0) }, body })
  show(domain, () => `${domain.name} accepts: ${wordOf(domain.recipientMode)}\n`)
  return 0
}
