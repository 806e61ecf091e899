// `api`: every operation of the API by its name, for what has no command of its own.
import type { Endpoint } from '@gatepost/contract/endpoint.ts'
import { endpoints } from '@gatepost/contract/endpoints.ts'
import { readBytes, readText } from '#platform/files.ts'
import { type Command, CommandFailed, type Context, command, UsageError } from '../command.ts'
import { table } from '../layout.ts'

/** Names close to a wrong one that are shown. */
const PROPOSED_MAX = 8

export const apiCommands: readonly Command[] = [
  command({
    path: 'api',
    args: ['OPERATION?'],
    flags: [
      {
        name: 'set',
        value: 'NAME=VALUE',
        many: true,
        means: 'A value of the path or the query, such as domain=acme.example.',
      },
      { name: 'body', value: 'JSON', means: 'The body; @FILE reads it from a file.' },
      { name: 'file', value: 'FILE', means: 'For operations that take a file.' },
    ],
    means: 'Asks any operation of the API and prints its answer; without one, lists them all.',
    run: ask,
  }),
]

/** Agents have tokens of their own. */
const operations: readonly Endpoint[] = endpoints.filter(({ allow }) => allow !== 'agent')

async function ask(context: Context): Promise<number> {
  const { arg, call, show } = context
  if (arg(0) === '') return list(context)
  const endpoint = operationOf(arg(0))
  const given = valuesOf(context.flags('set'))
  const params = new Map<string, string>()
  for (const [, name = ''] of endpoint.path.matchAll(/\{(\w+)\}/g)) {
    const value = given.get(name) ?? (name === 'tenant' ? await context.tenant() : undefined)
    if (value === undefined) throw new UsageError(`${endpoint.path} wants --set ${name}=…`)
    params.set(name, value)
    given.delete(name)
  }
  const answer = await call(endpoint, {
    params: Object.fromEntries(params),
    query: Object.fromEntries(given),
    ...inputOf(context, endpoint),
  })
  if (endpoint.file) {
    const text = await textOf(answer as AsyncIterable<string>)
    show(text, () => text)
    return 0
  }
  show(answer, () => `${JSON.stringify(answer, null, 2)}\n`)
  return 0
}

function list({ show }: Context): number {
  const rows = operations.map(({ name, method, path, summary }) => ({ name, method, path, summary }))
  show(rows, () =>
    table(
      ['Operation', 'Method', 'Path', 'What it does'],
      rows.map(({ name, method, path, summary }) => [name, method, path, summary]),
      '',
    ),
  )
  return 0
}

function operationOf(name: string): Endpoint {
  const lower = name.toLowerCase()
  const found = operations.find((one) => one.name.toLowerCase() === lower)
  if (found) return found
  const alike = operations.filter((one) => one.name.toLowerCase().includes(lower)).slice(0, PROPOSED_MAX)
  const hint =
    alike.length === 0 ? 'See: gatepost api' : `Perhaps ${alike.map((one) => one.name).join(', ')}?`
  throw new UsageError(`“${name}” is no operation. ${hint}`)
}

function valuesOf(texts: readonly string[]): Map<string, string> {
  return new Map(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new UsageError(`--set: “${text}” is not NAME=VALUE`)
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

function inputOf({ flag }: Context, { raw, name }: Endpoint): { body?: unknown; file?: Uint8Array } {
  const [body, path] = [flag('body'), flag('file')]
  if (raw) {
    if (path === undefined) throw new UsageError(`${name} takes a file: give --file`)
    const file = readBytes(path)
    if (file === null) throw new CommandFailed(`${path} cannot be read.`)
    return { file }
  }
  if (path !== undefined) throw new UsageError(`${name} takes no file`)
  if (body === undefined) return {}
  const text = body.startsWith('@') ? readText(body.slice(1)) : body
  if (text === null) throw new CommandFailed(`${body.slice(1)} cannot be read.`)
  try {
    return { body: JSON.parse(text) as unknown }
  } catch {
    throw new UsageError('--body is not valid JSON')
  }
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}
