// What the tool may be told: names, what they mean, and their checks. Secrets have no value here, only places
// where they are found.
import { parseArgs } from 'node:util'
import { RECIPIENTS_MAX } from '@gatepost/contacts/collect.ts'
import { type SourceKind, sourceKinds } from '@gatepost/contacts/source.ts'

/** A wrong command line; the message says what to write. */
export class WrongOption extends Error {}

export type Option = {
  readonly name: string
  /** Null for a switch. */
  readonly value: string | null
  readonly means: string
  readonly group: 'what' | 'microsoft' | 'ews' | 'google' | 'imap' | 'files' | 'choice' | 'run'
}

const of = (group: Option['group'], ...rows: readonly (readonly [string, string | null, string])[]) =>
  rows.map(([name, value, means]): Option => ({ name, value, means, group }))

/** In the order of the help. */
export const options: readonly Option[] = [
  ...of(
    'what',
    ['source', 'KIND', 'graph-trace, graph-sent, ews, gmail, imap, tracking-log, mbox or maildir'],
    ['own-domains', 'A,B', 'domains of your organisation; by default those of the mailboxes'],
    ['mailboxes', 'FILE', 'mailboxes to read, one address a line (IMAP: address,login,password)'],
    ['contacts', null, 'address books, too: with graph-sent, ews and gmail'],
    ['out', 'FOLDER', 'where CSV, log and checkpoint are written: ./gatepost-contacts'],
  ),
  ...of(
    'microsoft',
    ['tenant', 'NAME', 'a domain of the tenant, such as acme.onmicrosoft.com, or its id'],
    ['client-id', 'ID', 'application (client) id of the app registration'],
    ['cloud', 'NAME', 'global, us-government, us-dod or china'],
  ),
  ...of(
    'ews',
    ['url', 'URL', 'https://mail.acme.example/EWS/Exchange.asmx'],
    ['user', 'NAME', 'account with the role ApplicationImpersonation: CORP\\reader'],
    ['sign-in', 'HOW', 'ntlm or basic'],
  ),
  ...of(
    'google',
    ['key', 'FILE', 'the service account’s JSON key'],
    ['admin', 'ADDRESS', 'an administrator, to list the users; not needed with --mailboxes'],
  ),
  ...of(
    'imap',
    ['host', 'NAME', 'IMAP server'],
    ['port', 'N', '993, or 143'],
    ['encryption', 'HOW', 'tls (993), start-tls (143) or none'],
    ['certificate-name', 'NAME', 'name in the certificate, when it is not the host’s'],
    ['master', 'NAME', 'master account that signs in for everybody'],
    ['master-way', 'HOW', 'separator (Dovecot: user*master) or authzid (Cyrus: SASL PLAIN)'],
    ['master-separator', 'C', 'the separator, * if not set'],
    ['folder', 'NAME', 'folder of sent mail, where the server marks none'],
  ),
  ...of(
    'files',
    ['path', 'PATH', 'file or folder to read; may be given several times'],
    ['owner', 'ADDRESS', 'whose mail it is, where the path does not say'],
  ),
  ...of(
    'choice',
    ['since', 'DATE', 'letters from this day on: 2025-11-22'],
    ['min-count', 'N', 'pairs with fewer letters are left out: 1'],
    ['without', 'A,B', 'external addresses and domains to leave out'],
    ['recipients-max', 'N', `a letter to more addresses is a mailing and does not count: ${RECIPIENTS_MAX}`],
    ['rows', 'N', 'rows of one CSV file: 50,000, which is what the gateway takes'],
  ),
  ...of(
    'run',
    ['secret-file', 'FILE', 'the secret or password; else GATEPOST_CONTACTS_SECRET, else a question'],
    ['authority', 'FILE', 'PEM of your own certificate authority'],
    ['pace', 'MS', 'pause between two pages, for the mail system’s sake: 250'],
    ['patience', 'HOURS', 'how long a server may stay away before the run ends: 24'],
    ['preview', null, 'show what would be written, and write no CSV; reads what the checkpoint holds'],
    ['fresh', null, 'forget the checkpoint and begin anew'],
    ['quiet', null, 'no progress on the terminal'],
    ['help', null, 'this text'],
    ['version', null, 'the version'],
  ),
]

export type Given = {
  readonly text: (name: string) => string | null
  readonly texts: (name: string) => readonly string[]
  readonly isOn: (name: string) => boolean
  readonly count: (
    name: string,
    range: { readonly min: number; readonly max: number; readonly otherwise: number },
  ) => number
  readonly oneOf: <Value extends string>(name: string, values: readonly Value[], otherwise: Value) => Value
}

/** Reads a command line. Throws `WrongOption`. */
export function readOptions(args: readonly string[]): Given {
  const values = parsed(args)
  const text = (name: string): string | null => {
    const value = values[name]
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
  }
  return {
    text,
    texts: (name) => {
      const value = values[name]
      return Array.isArray(value) ? value.map(String) : []
    },
    isOn: (name) => values[name] === true,
    count(name, { min, max, otherwise }) {
      const given = text(name)
      const number = given === null ? otherwise : Number(given.replaceAll(/[ ,_]/g, ''))
      if (Number.isInteger(number) && number >= min && number <= max) return number
      throw new WrongOption(`--${name} is a whole number from ${min} to ${max}.`)
    },
    oneOf(name, allowed, otherwise) {
      const given = text(name)
      if (given === null) return otherwise
      const found = allowed.find((value) => value === given)
      if (found === undefined) throw new WrongOption(`--${name} is one of ${allowed.join(', ')}.`)
      return found
    },
  }
}

function parsed(args: readonly string[]) {
  const described = options.map(({ name, value }) => {
    const type = value === null ? ('boolean' as const) : ('string' as const)
    return [name, name === 'path' ? { type, multiple: true } : { type }] as const
  })
  try {
    const { values } = parseArgs({
      args: [...args],
      options: Object.fromEntries(described),
      allowPositionals: false,
    })
    return values as Record<string, string | boolean | (string | boolean)[] | undefined>
  } catch (error) {
    const said = error instanceof Error ? error.message.split('\n')[0] : 'The command line cannot be read.'
    // Nothing is repeated that may be a secret typed in the wrong place.
    if (/password|secret/i.test(args.join(' ')))
      throw new WrongOption(
        'Secrets are never given on a command line, where others can see them: use --secret-file.',
      )
    throw new WrongOption(`${(said ?? '').replace(/\.?$/, '.')} See --help.`)
  }
}

/** The kinds that the tool reads; our own outbound log is read by the gateway itself. */
export const toolKinds = sourceKinds.filter((kind) => kind !== 'gateway')

export function kindOf(given: Given): SourceKind | null {
  if (given.text('source') === null) return null
  return given.oneOf('source', toolKinds, 'imap')
}

/** A day as people write it, in milliseconds; null where none is given. */
export function sinceOf(given: Given): number | null {
  const text = given.text('since')
  if (text === null) return null
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(at)) throw new WrongOption('--since is a day such as 2025-11-22.')
  return at
}

/** Names separated by commas, in lower case. */
export const namesIn = (text: string | null): readonly string[] =>
  (text ?? '')
    .split(/[,;\s]+/)
    .map((name) => name.trim().toLowerCase().replace(/^@/, ''))
    .filter((name) => name !== '')
