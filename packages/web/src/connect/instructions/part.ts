// The pieces instructions are made of: sentences, and blocks to copy.
import english from '#i18n/en/instructions.json'

/** What the texts need to know of this gateway and organisation. */
export type Values = {
  /** Name that the smart host answers on. */
  readonly smartHost: string
  readonly ports: readonly number[]
  readonly domain: string
  /** What we deliver from, where it is known; readers of a share link have the name alone. */
  readonly addresses?: readonly string[] | undefined
  /** Domains whose keys seal mail; left out where nobody knows, the one domain stands for them. */
  readonly sealing?: readonly string[] | undefined
}

/** A sentence of the catalogue with its values, which pages show in the reader's language. */
export type Saying = { readonly code: string; readonly values: Readonly<Record<string, string>> }

/** A sentence; what no catalogue has yet is English text. */
export type Told = string | Saying

export type Part =
  | { readonly kind: 'text'; readonly text: Told }
  /** A command or letter in a block with a copy button of that name. */
  | { readonly kind: 'code'; readonly name: Told; readonly code: string }

export type Instructions = {
  readonly title: Told
  readonly steps: readonly (readonly Part[])[]
  /** What goes wrong most often. */
  readonly caution: { readonly title: Told; readonly text: Told } | null
}

type Catalogue = typeof english
type Code = { [Group in keyof Catalogue]: `${Group}.${string & keyof Catalogue[Group]}` }[keyof Catalogue]

/** A sentence of the catalogue. */
export function told(code: Code, values: Saying['values'] = {}): Saying {
  return { code, values }
}

/** A paragraph of the catalogue. */
export function tell(code: Code, values: Saying['values'] = {}): Part {
  return { kind: 'text', text: told(code, values) }
}

/** The sentence in English. */
export function plain(sentence: Told): string {
  if (typeof sentence === 'string') return sentence
  const { code, values } = sentence
  const [group = '', name = ''] = code.split('.')
  const groups: Readonly<Record<string, Readonly<Record<string, string>>>> = english
  const text = groups[group]?.[name] ?? code
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, key: string) => values[key] ?? '')
}

/** A paragraph that no catalogue has; its lines are joined by a space. */
export function text(...lines: readonly string[]): Part {
  return { kind: 'text', text: lines.join(' ') }
}

export function code(name: Told, lines: string): Part {
  return { kind: 'code', name, code: lines }
}

/** Our addresses as a PowerShell variable, IPv4 alone where a connector needs it; by name where unknown. */
export function powershellAddresses(
  { addresses = [], smartHost }: Pick<Values, 'addresses' | 'smartHost'>,
  families: 'A' | 'A_AAAA',
): string {
  const ours = addresses.filter((address) => families === 'A_AAAA' || !address.includes(':'))
  if (ours.length === 0) return `$ours = @((Resolve-DnsName ${smartHost} -Type ${families}).IPAddress)`
  return `$ours = @(${quoted(ours)})`
}

export function quoted(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(', ')
}
