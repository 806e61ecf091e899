// Commands that need no running gateway: the API's description, the boot keys, and the generated reference
// pages.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endpoints } from '@gatepost/contract/endpoints.ts'
import { keys } from '#boot/keys.ts'
import { openApi } from '#http/openapi.ts'
import { readText, writeText } from '#platform/files.ts'
import { type Command, type Context, command } from '../command.ts'
import { table } from '../layout.ts'
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
    path: 'reference',
    flags: [{ name: 'check', value: null, means: 'Write nothing; exit code 1 when a page is out of date.' }],
    means: 'Writes docs/reference: configuration, events, metrics, policies and API.',
    run: reference,
  }),
]

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
