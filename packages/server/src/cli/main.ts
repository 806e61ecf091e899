// `gatepost COMMAND`: the same verbs and words as the console, over the running gateway's admin socket.
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { listTenants } from '@gatepost/contract/tenant.ts'
import type { BootConfig } from '#boot/config-types.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import { type Call, createClient, NotRunning, Refused } from './client.ts'
import { type Command, CommandFailed, type Context, UsageError } from './command.ts'
import { commands } from './commands.ts'
import { GLOBAL_FLAGS, groupHelp, helpOf, overview } from './help.ts'
import { plain } from './layout.ts'

/** What the command line touches, so that tests can stand in for it. */
export type Surroundings = {
  readonly config: BootConfig
  readonly call: Call
  readonly clock: Clock
  readonly print: (text: string) => void
  readonly printError: (text: string) => void
}

/** Runs one command. Resolves with the exit code: 0, 1 when it failed, 2 when it was called wrongly. */
export function runCli(argv: readonly string[], config: BootConfig): Promise<number> {
  const data = resolve(config.data)
  process.stdout.on('error', () => {}) // `gatepost audit list | head` closes the pipe early.
  return run(argv, {
    config,
    call: createClient(join(data, 'run', 'admin.sock'), data),
    clock: systemClock,
    print: (text) => process.stdout.write(text),
    printError: (text) => process.stderr.write(text),
  })
}

export async function run(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { print, printError } = surroundings
  const words = argv.filter((word) => word !== '--help' && word !== '-h')
  if (words[0] === 'help' || words.length < argv.length || words.length === 0) {
    return showHelp(words[0] === 'help' ? words.slice(1) : words, surroundings)
  }
  const found = commandOf(words)
  if (found === null) {
    const group = groupHelp(words[0] ?? '')
    printError(group ?? `“${plain(words.join(' '))}” is not a command. See: gatepost help\n`)
    return 2
  }
  try {
    return await found.run(contextOf(found, words, surroundings))
  } catch (error) {
    if (error instanceof UsageError) {
      printError(`${plain(error.message)}\n\n${helpOf(found)}`)
      return 2
    }
    printError(failureText(error))
    return 1
  }

  function showHelp(topic: readonly string[], { print: say }: Pick<Surroundings, 'print'>): number {
    const command = commandOf(topic)
    const text = topic.length === 0 ? overview() : command ? helpOf(command) : groupHelp(topic[0] ?? '')
    if (text !== null) {
      say(text)
      return 0
    }
    printError(`There is no help on “${plain(topic.join(' '))}”.\n\n`)
    print(overview())
    return 2
  }
}

/** The command that the first one or two words name. */
function commandOf(words: readonly string[]): Command | null {
  const plainWords = words.filter((word, at) => !word.startsWith('-') && words[at - 1] !== '--tenant')
  const two = plainWords.slice(0, 2).join(' ')
  return (
    commands.find(({ path }) => path === two) ?? commands.find(({ path }) => path === plainWords[0]) ?? null
  )
}

function contextOf(command: Command, words: readonly string[], surroundings: Surroundings): Context {
  const { values, positionals } = parse(command, words)
  const args = positionals.slice(command.path.split(' ').length)
  const least = command.args.filter((name) => !name.endsWith('?')).length
  if (args.length < least) throw new UsageError(`${command.args[args.length]} is missing`)
  if (args.length > command.args.length)
    throw new UsageError(`“${args[command.args.length]}” is one too many`)
  const { config, call, clock, print } = surroundings
  const textOf = (name: string): string | undefined => {
    const value = values.get(name)
    return typeof value === 'string' ? value : undefined
  }
  return {
    arg: (index) => args[index] ?? '',
    flag: textOf,
    flags: (name) => [values.get(name) ?? []].flat().filter((value) => typeof value === 'string'),
    isSet: (name) => values.get(name) === true,
    call,
    tenant: () => tenantOf(textOf('tenant'), call),
    again: (after) => ['gatepost', command.path, ...args.map(quoted), ...typed(values, after)].join(' '),
    show: (shown, text) =>
      print(values.get('json') === true ? `${JSON.stringify(shown, null, 2)}\n` : text()),
    config,
    clock,
  }
}

/** Flags as a shell takes them, with another `--after`. */
function typed(values: Values, after: string): readonly string[] {
  const given = [...values].flatMap(([name, value]) => {
    if (name === 'after' || value === undefined) return []
    return [value].flat().map((one) => (one === true ? `--${name}` : `--${name} ${quoted(String(one))}`))
  })
  return [...given, `--after ${quoted(after)}`]
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

type Values = ReadonlyMap<string, string | boolean | readonly (string | boolean)[] | undefined>

function parse(
  { flags }: Command,
  words: readonly string[],
): { readonly values: Values; readonly positionals: readonly string[] } {
  const options = [...GLOBAL_FLAGS, ...flags].map(({ name, value, many }) => [
    name,
    { type: value === null ? ('boolean' as const) : ('string' as const), multiple: many === true },
  ])
  try {
    const parsed = parseArgs({
      args: [...words],
      options: Object.fromEntries(options),
      allowPositionals: true,
    })
    return { values: new Map(Object.entries(parsed.values)), positionals: parsed.positionals }
  } catch (error) {
    const [sentence] = (error as Error).message.split('. ')
    throw new UsageError(sentence ?? 'The flags cannot be read')
  }
}

/** Throws `CommandFailed` when it is not clear which organisation is meant. */
async function tenantOf(given: string | undefined, call: Call): Promise<string> {
  if (given !== undefined) return given
  const { items } = await call(listTenants, { query: { limit: 50 } })
  const [only, ...others] = items
  if (!only)
    throw new CommandFailed('There is no organisation yet. Open the set-up link that the start printed.')
  if (others.length === 0) return only.slug
  const slugs = items.map(({ slug }) => slug).join(', ')
  throw new CommandFailed(`There are several organisations. Say which one by --tenant: ${slugs}`)
}

function failureText(error: unknown): string {
  if (error instanceof Refused) {
    const { title, detail, errors, requestId, name } = error.problem
    const fields = errors.map(({ path, message }) => `  ${path}: ${message}`)
    const code = name === 'internal-error' ? [`  Code: ${requestId}`] : []
    const more = detail === title || errors.length > 0 ? [] : [detail]
    return `${[title, ...more, ...fields, ...code].map(plain).join('\n')}\n`
  }
  if (error instanceof NotRunning || error instanceof CommandFailed) return `${plain(error.message)}\n`
  return `The command failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`
}
