// Domain names as people type or paste them, read into the one form everything compares by.
import { domainToASCII } from 'node:url'
import { type DomainFault, parseDomain } from '@gatepost/mail/domain.ts'
import { fail, ok, type Parsed } from '@gatepost/mail/parsed.ts'
import { isPublicSuffix } from '#platform/public-suffix.ts'
import { invalidInput } from '../problem.ts'

export type DomainNameFault = DomainFault | 'domain-public-suffix' | 'domain-is-url' | 'domain-is-address'

/** A name of 253 characters must have room for the label of the CNAME that proves the domain. */
const NAME_LENGTH_MAX = 253 - 'gp-'.length - 32 - '.'.length

/**
 * Reads a domain that an organisation could own: lower-case A-labels. A leading `@` and a final dot are
 * dropped.
 */
export function readDomainName(text: string): Parsed<string, DomainNameFault> {
  const bare = text.trim().replace(/^@/, '').replace(/\.$/, '')
  if (/[/\\]|^[a-z]+:/i.test(bare)) return fail('domain-is-url')
  if (bare.includes('@')) return fail('domain-is-address')
  const parsed = parseDomain(bare, { toAscii: domainToASCII, fullyQualified: true })
  if (!parsed.ok) return parsed
  if (parsed.value.length > NAME_LENGTH_MAX) return fail('domain-too-long', NAME_LENGTH_MAX)
  return isPublicSuffix(parsed.value) ? fail('domain-public-suffix') : ok(parsed.value)
}

/** Like `readDomainName`, but throws `invalid-input` with the remedy for the field at `path`. */
export function requireDomainName(text: string, path: string): string {
  const parsed = readDomainName(text)
  if (parsed.ok) return parsed.value
  throw invalidInput([{ path, message: remedyOf(parsed.fault, text) }])
}

/** The names above `name`, nearest first: `b.c` and `c` for `a.b.c`. */
export function ancestorsOf(name: string): readonly string[] {
  const labels = name.split('.')
  return labels.slice(1).map((_, index) => labels.slice(index + 1).join('.'))
}

function remedyOf(fault: DomainNameFault, text: string): string {
  switch (fault) {
    case 'domain-public-suffix':
      return `“${text}” covers other organisations’ domains. Write your own, such as acme.${text.replace(/^[@.]+/, '')}.`
    case 'domain-is-url':
      return 'Write the domain alone, such as acme.example, without “https://” and slashes.'
    case 'domain-is-address':
      return 'Write the part behind the @ alone, such as acme.example.'
    case 'domain-not-qualified':
      if (/^[\d.]+$/.test(text)) return `“${text}” is an address. Write the name, such as acme.example.`
      return `“${text}” is one word only. Write the whole domain, such as acme.example.`
    default:
      return `“${text}” is not a domain name. Write it like acme.example.`
  }
}
