// The search finds pages by their names, by former names, and by words of both.
import { expect, test } from 'vitest'
import { commands } from './commands.ts'
import { settingsEntry, tenantNavigation } from './navigation.ts'
import { formerNameOf, ranked } from './rank.ts'

const pages = [...tenantNavigation.flatMap((group) => [...group.entries]), settingsEntry]
const first = (query: string) => ranked(pages, query)[0]?.label

test('pages are found by present and former names', () => {
  const cases = [
    ['mess', 'Messages'],
    ['authorized outbounds', 'Outbound'],
    ['Message Center', 'Messages'],
    ['quarantine', 'Held mail'],
    ['dkim', 'Signing'],
    ['secure delivery', 'TLS'],
    ['audit logs', 'Audit log'],
    ['held messages', 'Held mail'],
    ['bounced messages', 'Messages'],
    ['delivery routing', 'Delivery routes'],
    ['connect process', 'Connect'],
    ['attachment management', 'Policies'],
    ['definitions', 'Policies'],
    ['archive search', 'Archive'],
    ['profile groups', 'Groups'],
    ['account roles', 'Roles'],
    ['directory synchronization', 'Directories'],
  ] as const
  for (const [query, label] of cases) expect([query, first(query)]).toEqual([query, label])
  expect(ranked(pages, 'nothing of this kind')).toEqual([])
  expect(ranked(pages, '').length).toBe(pages.length)
})

test('a page that was asked for by a former name says so', () => {
  const outbound = pages.find(({ label }) => label === 'Outbound')
  expect(outbound && formerNameOf(outbound, 'authorized outbounds')).toBe('Gateway, Authorized outbounds')
  expect(outbound && formerNameOf(outbound, 'outbound')).toBe(null)
})

test('commands are found by other words for them', () => {
  expect(ranked(commands, 'add us')[0]?.label).toBe('Add user')
  expect(ranked(commands, 'whitelist')[0]?.label).toBe('Permit a sender')
  expect(new Set(commands.map(({ label }) => label)).size).toBe(commands.length)
})
