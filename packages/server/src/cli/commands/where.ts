// `where`: where a missing message is, or why there is no trace of it.
import { askWhere } from '@gatepost/contract/where.ts'
import { type Command, type Context, command, numberOf } from '../command.ts'
import { table } from '../layout.ts'
import { timeOf } from '../words.ts'

const HOUR_MS = 3_600_000

export const whereCommands: readonly Command[] = [
  command({
    path: 'where',
    flags: [
      { name: 'from', value: 'ADDRESS', means: 'Who wrote: an address or a domain.' },
      { name: 'to', value: 'ADDRESS', means: 'To whom.' },
      { name: 'subject', value: 'TEXT', means: 'Words of the subject.' },
      { name: 'bounce', value: 'TEXT', means: 'The line with the code from the report its sender got.' },
      { name: 'hours', value: 'N', means: 'How far back (168).' },
    ],
    means:
      'Where a missing message is, and what may explain that it never came. Exit code 1 without a trace.',
    run: where,
  }),
]

async function where({ call, tenant, flag, clock, show }: Context): Promise<number> {
  const now = clock.now()
  const body = {
    sender: flag('from') ?? '',
    recipient: flag('to') ?? '',
    subject: flag('subject') ?? '',
    bounce: flag('bounce') ?? '',
    from: now - numberOf(flag('hours') ?? '168', '--hours') * HOUR_MS,
    to: now + HOUR_MS,
  }
  const found = await call(askWhere, { params: { tenant: await tenant() }, body })
  show(found, () =>
    [
      `${found.answer}\n`,
      ...(found.bounce?.means ? [`${found.bounce.means}\n`] : []),
      ...(found.bounce?.advice ?? []).map((line) => `${line}\n`),
      ...(found.hits.length === 0
        ? []
        : [
            '\n',
            table(
              ['At', 'State', 'From', 'To', 'Subject', 'Handed to', 'Id'],
              found.hits.map((hit) => [
                timeOf(hit.at),
                hit.status,
                hit.author ?? hit.reversePath ?? '<>',
                hit.forwardPath ?? '',
                hit.subject ?? '',
                hit.handedTo ?? hit.reason,
                hit.id,
              ]),
              '',
            ),
          ]),
      ...(found.clues.length === 0 ? [] : ['\n']),
      ...found.clues.map(({ kind, text }) => `${kind.padEnd(8)}${text}\n`),
    ].join(''),
  )
  return found.hits.length > 0 ? 0 : 1
}
