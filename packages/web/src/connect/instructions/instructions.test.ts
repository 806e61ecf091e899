// Every environment has the full set of instructions: what is done at the mail host, what to copy, how to
// lock it and how to undo that. Providers are found by their name servers.
import { Environment } from '@gatepost/contract/common.ts'
import { expect, test } from 'vitest'
import { apexLine, dnsProviders, providerOf } from './dns-providers.ts'
import { instructionsFor } from './instructions.ts'
import { journalInstructions } from './journaling.ts'
import { lockInstructions } from './lock.ts'
import { type Part, plain, type Told } from './part.ts'

const values = { smartHost: 'gw.gate.example', ports: [25, 587], domain: 'acme.example' }
const lock = { ...values, addresses: ['203.0.113.5', '203.0.113.6', '2001:db8::5'] }

const textOf = (parts: readonly (readonly Part[])[]): string =>
  parts
    .flat()
    .map((part) => (part.kind === 'text' ? plain(part.text) : part.code))
    .join('\n')

test.each(Environment.options)('%s has both directions with exact values', (environment) => {
  for (const direction of ['inbound', 'outbound'] as const) {
    const { title, steps } = instructionsFor(environment, direction, values)
    expect(title).not.toBe('')
    expect(steps.length).toBeGreaterThan(0)
    expect(textOf(steps)).toMatch(/gw\.gate\.example/)
    for (const part of steps.flat()) {
      expect(textOf([[part]])).not.toMatch(/undefined|\[object/)
      // Blocks to copy fit their panel.
      if (part.kind === 'code')
        for (const line of part.code.split('\n')) expect(line.length).toBeLessThan(120)
    }
  }
})

test.each(Environment.options)(
  '%s is locked by what names our addresses, and can be unlocked',
  (environment) => {
    const { title, prepare, lock: locks, undo, caution } = lockInstructions(environment, lock)
    expect(title).not.toBe('')
    expect(caution).not.toBeNull()
    expect(locks.length).toBeGreaterThan(0)
    expect(undo.length).toBeGreaterThan(0)
    const all = textOf([...prepare, ...locks])
    expect(all).toMatch(/203\.0\.113\.5/)
    // What was locked by a command is unlocked by one.
    const has = (parts: readonly (readonly Part[])[]) => parts.flat().some(({ kind }) => kind === 'code')
    if (has(locks)) expect(has(undo)).toBe(true)
    expect(textOf([...prepare, ...locks, ...undo])).not.toMatch(/undefined|\[object/)
  },
)

test.each(Environment.options)('%s sends its journal to the address that is shown', (environment) => {
  const journal = { address: 'in@journal.acme.example', alternate: 'ndr@journal.acme.example' }
  const { steps } = journalInstructions(environment, { ...journal, smartHost: values.smartHost })
  const all = textOf(steps)
  expect(all).toContain(journal.address)
  expect(all).not.toMatch(/undefined|GATEWAY/)
  // Exchange forgets reports that have nowhere to go: the way for them comes before the rule.
  if (all.includes('New-JournalRule'))
    expect(all.indexOf('JournalingReportNdrTo')).toBeLessThan(all.indexOf('New-JournalRule'))
})

test('what Microsoft shall trust is the domain that our seals name, the organisation’s own', () => {
  const all = textOf(instructionsFor('microsoft-365', 'inbound', values).steps)
  expect(all).toContain('$sealers += "acme.example"')
})

test('every domain whose key seals is trusted, and our addresses stand in the commands as they are', () => {
  const known = { ...lock, sealing: ['acme.example', 'shop.example'] }
  const all = textOf(instructionsFor('microsoft-365', 'inbound', known).steps)
  expect(all).toContain('$sealers += "acme.example", "shop.example"')
  expect(all).toContain('$ours = @("203.0.113.5", "203.0.113.6")\n')
  expect(textOf(instructionsFor('hybrid', 'inbound', known).steps)).toContain(
    '$ours = @("203.0.113.5", "203.0.113.6", "2001:db8::5")\n',
  )
})

test('the lock of Exchange keeps what it replaces once, and lets our IPv6 in, too', () => {
  const { lock: locks, undo } = lockInstructions('on-premises', lock)
  const all = textOf(locks)
  expect(all).toContain('if (-not (Test-Path gatepost-before.txt)) {')
  expect(all).toContain('$ours = @("203.0.113.5", "203.0.113.6", "2001:db8::5")')
  expect(all).toContain('-RemoteIPRanges ($ours + "10.0.0.0/8")')
  expect(textOf(undo)).toContain('Get-Content gatepost-before.txt')
  // A placeholder in angle brackets would be a redirection there.
  expect(textOf(lockInstructions('on-premises', { ...lock, addresses: [] }).lock)).not.toMatch(/<|>/)
})

const catalogues = import.meta.glob<Record<string, Record<string, string>>>(
  '../../i18n/*/instructions.json',
  {
    eager: true,
    import: 'default',
  },
)

test.each(Environment.options)('every sentence for %s has words in each language', (environment) => {
  for (const direction of ['inbound', 'outbound'] as const) {
    const { title, steps, caution } = instructionsFor(environment, direction, lock)
    const parts = steps.flat().map((part): Told => (part.kind === 'text' ? part.text : part.name))
    for (const sentence of [title, ...parts, ...(caution ? [caution.title, caution.text] : [])]) {
      if (typeof sentence === 'string') throw new Error(`no catalogue has “${sentence}”`)
      const [group = '', name = ''] = sentence.code.split('.')
      for (const [path, catalogue] of Object.entries(catalogues)) {
        const text = catalogue[group]?.[name] ?? ''
        expect(text, `${path} ${sentence.code}`).not.toBe('')
        for (const [, key = ''] of text.matchAll(/\{\{(\w+)\}\}/g))
          expect(sentence.values[key], sentence.code).toBeTruthy()
      }
    }
  }
})

test('Google is given the addresses themselves, where they are known', () => {
  const { steps } = instructionsFor('google-workspace', 'inbound', lock)
  expect(textOf(steps)).toContain('203.0.113.5\n203.0.113.6')
})

test('addresses we do not know are asked for by name', () => {
  const none = { ...lock, addresses: [] }
  for (const environment of Environment.options)
    expect(textOf(lockInstructions(environment, none).prepare)).toMatch(/gw\.gate\.example|^$/m)
  expect(textOf(lockInstructions('microsoft-365', none).prepare)).toMatch(/Resolve-DnsName gw\.gate\.example/)
})

test('Exchange Online stays allowed in a hybrid alone', () => {
  for (const environment of Environment.options)
    expect(
      /Exchange Online list|endpoints\.office\.com/.test(textOf(lockInstructions(environment, lock).prepare)),
    ).toBe(environment === 'hybrid')
})

test.each([
  ['amy.ns.cloudflare.com', 'Cloudflare'],
  ['ns-2048.awsdns-64.com', 'Amazon Route 53'],
  ['ns-10.awsdns-01.co.uk', 'Amazon Route 53'],
  ['ns1-01.azure-dns.com.', 'Azure DNS'],
  ['ns1.bdm.microsoftonline.com', 'Microsoft 365'],
  ['ns-cloud-a1.googledomains.com', 'Google Cloud DNS'],
  ['ns01.squarespacedns.com', 'Squarespace (formerly Google Domains)'],
  ['NS51.DOMAINCONTROL.COM', 'GoDaddy'],
  ['dns1.registrar-servers.com', 'Namecheap'],
  ['ns1045.ui-dns.de', 'IONOS'],
  ['shades08.rzone.de', 'STRATO'],
  ['hydrogen.ns.hetzner.com', 'Hetzner'],
  ['dns100.ovh.net', 'OVHcloud'],
  ['ns-14-a.gandi.net', 'Gandi'],
  ['ns.inwx.de', 'INWX'],
  ['ns1.digitalocean.com', 'DigitalOcean'],
  ['ns1.dnsimple.com', 'DNSimple'],
  ['nsany1.infomaniak.com', 'Infomaniak'],
  ['ns1.dns-parking.com', 'Hostinger'],
  ['ns1.bluehost.com', 'Bluehost'],
  ['ns14.wixdns.net', 'Wix'],
  ['ns1.acme.example', null],
  ['cloudflare.com.evil.example', null],
])('%s is %s', (server, name) => {
  expect(providerOf([server])?.name ?? null).toBe(name)
})

test('every provider says where, and how the domain itself is written', () => {
  expect(dnsProviders.length).toBeGreaterThanOrEqual(15)
  expect(new Set(dnsProviders.map(({ name }) => name)).size).toBe(dnsProviders.length)
  for (const provider of dnsProviders) {
    expect(provider.path).toMatch(/ > /)
    expect(apexLine(provider)).not.toBe('')
  }
})
