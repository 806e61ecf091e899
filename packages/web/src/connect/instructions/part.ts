// The pieces instructions are made of: sentences, and blocks to copy.

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

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  /** A command or letter in a block with a copy button of that name. */
  | { readonly kind: 'code'; readonly name: string; readonly code: string }

export type Instructions = {
  readonly title: string
  readonly steps: readonly (readonly Part[])[]
  /** What goes wrong most often. */
  readonly caution: { readonly title: string; readonly text: string } | null
}

/** A paragraph; its lines are joined by a space. */
export function text(...lines: readonly string[]): Part {
  return { kind: 'text', text: join(...lines) }
}

export function join(...lines: readonly string[]): string {
  return lines.join(' ')
}

export function code(name: string, lines: string): Part {
  return { kind: 'code', name, code: lines }
}

/** Our addresses as a PowerShell variable, IPv4 alone where a connector takes no other; by name where unknown. */
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
