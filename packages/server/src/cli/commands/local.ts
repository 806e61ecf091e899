// Commands that need no running gateway: the API's description, the boot keys, and the generated reference
// pages.
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endpoints } from '@gatepost/contract/endpoints.ts'
import type { BootConfig } from '#boot/config-types.ts'
import { consoleUrl } from '#boot/console-url.ts'
import { keys } from '#boot/keys.ts'
import { openApi } from '#http/openapi.ts'
import { readText, writeText } from '#platform/files.ts'
import { type Command, type Context, command } from '../command.ts'
import { facts, table } from '../layout.ts'
import { configurationPage, defaultOf } from '../reference/configuration.ts'
import { referencePages } from '../reference/pages.ts'

const SERVER = fileURLToPath(new URL('../../..', import.meta.url))
const REFERENCE = join(SERVER, '..', '..', 'docs', 'reference')

export const localCommands: readonly Command[] = [
  command({
    path: 'openapi',
    means: 'Prints the description of the API (OpenAPI 3.1).',
    run: async ({ show }) => {
      const document = openApi(endpoints, version())
      show(document, () => `${JSON.stringify(document, null, 2)}\n`)
      return 0
    },
  }),
  command({
    path: 'config',
    flags: [{ name: 'markdown', value: null, means: 'Print the reference page.' }],
    means: 'All boot keys with variable, default and meaning.',
    run: config,
  }),
  command({
    path: 'check',
    means: 'Reads the configuration and says what a start would do with it; starts nothing.',
    run: async ({ config, show }) => {
      const found = startFacts(config)
      show(Object.fromEntries(found), () => facts(found))
      return 0
    },
  }),
  command({
    path: 'reference',
    flags: [{ name: 'check', value: null, means: 'Write nothing; exit code 1 when a page is out of date.' }],
    means: 'Writes docs/reference: configuration, events, metrics, policies and API.',
    run: reference,
  }),
]

/** A fault of the configuration has ended the command before. */
function startFacts(config: BootConfig): Fact[] {
  const { data, hostname, http, smtp, tls, dns, screening } = config
  const at = ({ host, port }: Listen) => `${host.includes(':') ? `[${host}]` : host}:${port}`
  const all = (listeners: readonly Listen[]) => listeners.map(at).join(', ') || 'none'
  const { clamd, spamEngine } = screening
  const scanner = clamd?.kind === 'tcp' ? at(clamd) : clamd?.path
  return [
    ['Data folder', resolve(data)],
    ['Own name', hostname],
    ['Database', config.database === null ? 'embedded SQLite' : `PostgreSQL, ${hostOf(config.database)}`],
    ['Console', all([http.listen, ...(http.tlsListen === null ? [] : [http.tlsListen])])],
    ['Its address', consoleUrl(config)],
    ['Inbound SMTP', all(smtp.mx)],
    ['Submission', all(smtp.submission)],
    ['Submission in TLS', all(smtp.submissions)],
    ['Certificate', certificateText(tls)],
    ['Resolver', dns.resolver ?? 'the system’s'],
    ['Edge workers', String(config.workers)],
    ['Virus scanner', scanner ?? 'none'],
    ['Spam score', spamEngine?.kind ?? 'built in'],
  ]
}

type Fact = [string, string]
type Listen = { readonly host: string; readonly port: number }

/** Without user and password. */
function hostOf(database: string): string {
  const { host, pathname } = new URL(database)
  return `${host}${pathname}`
}

function certificateText({ certificateFile, acme }: BootConfig['tls']): string {
  if (certificateFile !== null) return certificateFile
  return acme === null ? 'one made by ourselves' : `fetched for ${acme.names.join(', ')}`
}

async function config({ isSet, show }: Context): Promise<number> {
  const rows = keys.map(({ key, env, fallback, means }) => ({ key, env, default: fallback, means }))
  show(rows, () => {
    if (isSet('markdown')) return configurationPage()
    return table(
      ['Key', 'Variable', 'Default', 'Meaning'],
      keys.map((one) => [one.key, one.env, defaultOf(one), one.means]),
      '',
    )
  })
  return 0
}

async function reference({ isSet, show }: Context): Promise<number> {
  const stale = [...referencePages()].filter(([name, text]) => readText(join(REFERENCE, name)) !== text)
  if (!isSet('check')) for (const [name, text] of stale) writeText(join(REFERENCE, name), text)
  const names = stale.map(([name]) => name)
  const verb = isSet('check') ? 'Out of date' : 'Written'
  show(names, () => (names.length === 0 ? 'All pages are current.\n' : `${verb}: ${names.join(', ')}\n`))
  return isSet('check') && names.length > 0 ? 1 : 0
}

function version(): string {
  const manifest = readText(join(SERVER, 'package.json')) ?? '{}'
  return String(JSON.parse(manifest).version)
}
