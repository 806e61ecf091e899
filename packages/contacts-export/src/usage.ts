// The help of the tool.
import { type Option, options } from './options.ts'
import { EXPORT_VERSION } from './version.ts'

const HEADS: readonly (readonly [Option['group'], string])[] = [
  ['what', 'What is read'],
  [
    'microsoft',
    'Microsoft 365: graph-trace (90 days, no mailbox is touched), graph-sent (Sent items, headers)',
  ],
  ['ews', 'Exchange Server: ews (Exchange Online is refused: its EWS is shut)'],
  ['google', 'Google Workspace: gmail'],
  ['imap', 'Any IMAP server: imap'],
  ['files', 'Files: tracking-log (Exchange’s message tracking), mbox, maildir'],
  ['choice', 'What counts'],
  ['run', 'How it runs'],
]

/** What `--help` prints. */
export function usage(): string {
  const groups = HEADS.map(([group, head]) => {
    const lines = options.filter((option) => option.group === group).map(lineOf)
    return `${head}:\n${lines.join('\n')}`
  })
  return `gatepost-contacts ${EXPORT_VERSION}

Finds the external addresses that your people write to, and writes them as CSV files that the page
“Import permitted senders” takes: internal address, external address, PERMIT.
It reads addresses and dates of sent mail, never what was written, and changes nothing.

  gatepost-contacts --source imap --host mail.acme.example --mailboxes people.csv

Without options it asks. Ctrl+C writes what was found so far; the same command goes on from there.

${groups.join('\n\n')}

Exit codes: 0 all was read; 1 it could not go on, or nothing could be read; 2 the command line is wrong;
3 all was read but some mailboxes; 4 a server stayed away, go on later; 130 stopped, go on later.
HTTPS_PROXY and NO_PROXY are honoured.
`
}

function lineOf({ name, value, means }: Option): string {
  return `  --${`${name}${value === null ? '' : ` ${value}`}`.padEnd(24)} ${means}`
}
