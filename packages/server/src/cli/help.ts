// The help texts, made from the list of commands.
import type { Command, Flag } from './command.ts'
import { commands } from './commands.ts'
import { facts } from './layout.ts'

/** Flags that every command knows. */
export const GLOBAL_FLAGS: readonly Flag[] = [
  { name: 'tenant', value: 'SLUG', means: 'The organisation meant. Default: the only one.' },
  { name: 'json', value: null, means: 'Print the answer of the API as JSON.' },
]

/** `gatepost help`. */
export function overview(): string {
  const rows = commands.map((command) => [usageOf(command), command.means] as const)
  return [
    'gatepost run starts the gateway. The other commands talk to the one that runs on the data folder:\n',
    facts(rows.map(([usage, means]) => [`  ${usage}`, means])),
    flagsText('Flags of all commands:', GLOBAL_FLAGS),
    'Exit codes: 0 done, 1 failed or not so, 2 called wrongly. More: gatepost help COMMAND\n',
  ].join('\n')
}

/** All commands that begin with a word, or null when none does. */
export function groupHelp(word: string): string | null {
  const group = commands.filter(({ path }) => path.split(' ')[0] === word)
  if (group.length === 0) return null
  return group.map(helpOf).join('\n')
}

/** One command with its flags. */
export function helpOf(command: Command): string {
  return `gatepost ${usageOf(command)}\n  ${command.means}\n${flagsText('', command.flags)}`
}

function usageOf({ path, args }: Command): string {
  const shown = args.map((name) => (name.endsWith('?') ? `[${name.slice(0, -1)}]` : name))
  return [path, ...shown].join(' ')
}

function flagsText(title: string, flags: readonly Flag[]): string {
  if (flags.length === 0) return ''
  const rows = flags.map(
    ({ name, value, means }) => [`  --${name}${value === null ? '' : ` ${value}`}`, means] as const,
  )
  return `${title ? `${title}\n` : ''}${facts(rows)}`
}
