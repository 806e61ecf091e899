// docs/reference/configuration.md from the boot keys.
import { type KeyDefinition, keys, OTHER_VARIABLES } from '#boot/keys.ts'
import { code, GENERATED, markdownTable, page } from './markdown.ts'

const OTHER: ReadonlyMap<string, string> = new Map([
  [
    'GATEPOST_CONFIG',
    'Path of the TOML file. Without it, `gatepost.toml` in the current folder is read if it is there.',
  ],
  ['GATEPOST_TESTDATA', 'Folder of third-party test data. Tests only.'],
])

export function configurationPage(): string {
  return page(
    '# Configuration',
    GENERATED.replace('the source it names', '`packages/server/src/boot/keys.ts`'),
    [
      'What a start needs to know. Everything else is set in the console and is live without a restart.',
      'A value comes from the environment, else from the TOML file, else it is the default.',
      'A key or a `GATEPOST_` variable that is not in this list stops the start.',
    ].join('\n'),
    [
      'Lists are arrays in TOML and separated by commas or spaces in the environment; an empty text is an empty',
      'list. A dotted key such as `http.listen` is `listen` in the table `[http]`.',
    ].join('\n'),
    markdownTable(
      ['Key', 'Variable', 'Default', 'Meaning'],
      keys.map((one) => [code(one.key), code(one.env), code(defaultOf(one)), one.means]),
    ),
    '## Other variables',
    markdownTable(
      ['Variable', 'Meaning'],
      OTHER_VARIABLES.map((name) => [code(name), OTHER.get(name) ?? '–']),
    ),
  )
}

/** The default as one would write it; empty where there is none. */
export function defaultOf({ fallback, list }: KeyDefinition): string {
  if (fallback === null) return ''
  if (!list) return String(fallback)
  return `[${[fallback].flat().join(', ')}]`
}
