// DNS records: copy buttons for each cell, and what each server says joined over several records.
import { describe, expect, test } from 'vitest'
import { markupOf, wordsOf } from '../../fixtures/markup.tsx'
import { domains, mx } from '../../fixtures/organization.ts'
import { RecordsTable } from './records-table.tsx'
import { serversOf } from './servers.ts'
import { ServersTable } from './servers-table.tsx'

const records = domains[1]?.ownership ?? []

describe('RecordsTable', () => {
  test('has a named copy button for name and value of each record', () => {
    const markup = markupOf(<RecordsTable records={records} fullNames={false} label="Proof" />)
    for (const name of ['Copy TXT name', 'Copy TXT value', 'Copy CNAME name', 'Copy CNAME value']) {
      expect(markup).toContain(`aria-label="${name}"`)
    }
    expect(wordsOf(markup)).toContain('TXT @ gatepost-verification=4p2xk7r3mwd5q6 300 Not found yet')
    expect(wordsOf(markup)).not.toContain('Priority')
  })

  test('shows full names by a switch, and a priority column only where there is one', () => {
    const markup = markupOf(<RecordsTable records={mx.expected} fullNames label="MX" />)
    expect(wordsOf(markup)).toContain('Type Name Value Priority TTL State')
    expect(wordsOf(markup)).toContain('MX acme.example mx1.gatepost.example 10 300')
  })
})

describe('serversOf', () => {
  test('gives one line for each server; a resolver behind says that it caches', () => {
    const states = serversOf(mx.expected).map(({ server, state }) => `${server} ${state}`)
    expect(states).toEqual([
      'ns1.registrar.example found',
      'ns2.registrar.example found',
      'ns3.registrar.example different-value',
      '1.1.1.1 found',
      '8.8.8.8 old-value-cached',
    ])
  })

  test('a machine that is name server and resolver keeps a line for each', () => {
    const [first] = mx.expected
    const own = first?.servers.find(({ view }) => view === 'authoritative')
    if (!first || !own) throw new Error('fixtures have a name server')
    const servers = [own, { ...own, view: 'public' as const }]
    expect(serversOf([{ ...first, servers }]).map(({ view }) => view)).toEqual(['authoritative', 'public'])
  })

  test('the worst state of several records wins', () => {
    const [first, second] = mx.expected
    if (!first || !second) throw new Error('fixtures have two records')
    const lost = {
      ...second,
      servers: second.servers.map((server) => ({ ...server, state: 'temporary-failure' as const })),
    }
    expect(serversOf([first, lost]).every(({ state }) => state === 'temporary-failure')).toBe(true)
  })

  test('nothing is called cached before any name server has the record', () => {
    const [first] = mx.expected
    if (!first) throw new Error('fixtures have a record')
    const servers = first.servers.filter(({ state }) => state !== 'found')
    expect(serversOf([{ ...first, servers }]).map(({ state }) => state)).toEqual([
      'different-value',
      'different-value',
    ])
  })
})

test('ServersTable shows what we see beside who was asked', () => {
  const markup = markupOf(<ServersTable records={mx.expected} checkedAt={Date.now()} label="Servers" />)
  expect(wordsOf(markup)).toMatch(
    /8\.8\.8\.8 Public resolver · just now 0 acme-example\.mail\.\S+ Old value cached 38:\d\d/,
  )
  expect(wordsOf(markup)).toContain('10 mx1.gatepost.example 20 mx2.gatepost.example Found –')
})
