// `ask`: what would become of a message, without sending it.
import { askMessage } from '@gatepost/contract/message.ts'
import { readText } from '#platform/files.ts'
import { type Command, CommandFailed, type Context, command } from '../command.ts'
import { facts, table } from '../layout.ts'
import { wordOf } from '../words.ts'

export const askCommands: readonly Command[] = [
  command({
    path: 'ask',
    flags: [
      { name: 'ip', value: 'ADDRESS', means: 'The client’s address.' },
      { name: 'to', value: 'ADDRESS', means: 'The recipient.' },
      { name: 'from', value: 'ADDRESS', means: 'The reverse-path; left out, it is the null one.' },
      { name: 'helo', value: 'NAME', means: 'What the client says in HELO.' },
      { name: 'author', value: 'ADDRESS', means: 'The From field, where there is no file.' },
      { name: 'eml', value: 'FILE', means: 'The whole message.' },
    ],
    means: 'What would become of a message, and why. Nothing is accepted. Exit code 1 unless accepted.',
    run: ask,
  }),
]

async function ask({ call, tenant, flag, show }: Context): Promise<number> {
  const file = flag('eml')
  const author = flag('author')
  const content = file === undefined ? null : readText(file)
  if (file !== undefined && content === null) throw new CommandFailed(`${file} cannot be read.`)
  const answer = await call(askMessage, {
    params: { tenant: await tenant() },
    body: {
      clientIp: flag('ip') ?? '',
      forwardPath: flag('to') ?? '',
      reversePath: flag('from') ?? '',
      helo: flag('helo') ?? '',
      ...(author === undefined ? {} : { author }),
      ...(content === null ? {} : { content }),
    },
  })
  const [remedy] = answer.remedies
  show(answer, () =>
    [
      `${answer.verdict}\n`,
      remedy ? `The smallest change that alters this: ${remedy.text}\n` : '',
      answer.contentAsked ? '' : 'The content was not asked: this is what the envelope decides.\n',
      '\n',
      table(
        ['Policy', 'Said', 'Because', 'Saw', 'Rule'],
        answer.explanation.map((step) => [
          `${step.policy}${step.deciding ? ' (decided)' : ''}`,
          wordOf(step.kind),
          step.means,
          step.saw,
          step.rule === null ? '' : `${step.rule.name} ${step.rule.id}`,
        ]),
        'No policy was asked.',
      ),
      '\n',
      facts(answer.facts.map(({ name, value, known }) => [name, known ? value : `unknown: ${value}`])),
    ].join(''),
  )
  return answer.outcome === 'accept' ? 0 : 1
}
