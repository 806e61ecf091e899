// Against a real OpenLDAP: load, ways to connect, and a directory that lists nobody, half, or breaks off (D3,
// D8).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ConnectorDraft } from '@gatepost/contract/directory.ts'
import { LdapSettings } from '@gatepost/contract/directory-ldap.ts'
import { listSyncChanges } from '@gatepost/server/control/directory/history.ts'
import { signInByLdap } from '@gatepost/server/control/directory/kind-ldap.ts'
import { inOrganisation, type Organisation } from './lib/organisation.ts'
import { startProxy, type Way } from './lib/proxy.ts'
import { BASE, groupLdif, peopleLdif, type Slapd, SYNC, slapdMissing, startSlapd } from './lib/slapd.ts'

const PEOPLE = 10_000
const skip = slapdMissing()

let slapd: Slapd
let half: Slapd
let none: Slapd
let proxy: Way

before(
  async () => {
    if (skip) return
    const groups =
      groupLdif('sales', ['user00001', 'user00002']) + groupLdif('everyone', ['sales', 'user00003'])
    slapd = await startSlapd(peopleLdif(0, PEOPLE) + groups)
    const entries = slapd.dump()
    half = await startSlapd(`${entries.slice(0, entries.length / 2).join('\n\n')}\n`)
    none = await startSlapd('')
    proxy = await startProxy(slapd.port)
  },
  { timeout: 240_000 },
)
after(async () => {
  await proxy?.close()
  for (const server of [slapd, half, none]) await server?.stop()
})

function settings(more: Partial<LdapSettings> = {}): ConnectorDraft['settings'] {
  return LdapSettings.parse({
    kind: 'ldap',
    host: '127.0.0.1',
    port: proxy.port,
    encryption: 'none',
    userName: SYNC.userName,
    baseDn: BASE,
    ...more,
  })
}

async function userCount({ scope, deps }: Organisation): Promise<number> {
  const { count } = await deps.store.db
    .selectFrom('user')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', scope.tenantId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

describe('OpenLDAP', { skip }, () => {
  test('10,000 users first, then a directory that fails', { timeout: 240_000 }, () =>
    inOrganisation(async (organisation) => {
      const id = await organisation.connector({ settings: settings(), graceDays: 0, maxRemovals: null })
      const preview = await organisation.sync(id, { preview: true })
      assert.equal(preview.state, 'previewed')
      assert.equal(preview.adds, PEOPLE + 2)
      assert.equal(await userCount(organisation), 0)

      const started = performance.now()
      const first = await organisation.sync(id)
      const seconds = (performance.now() - started) / 1_000
      assert.equal(first.state, 'done', first.why ?? '')
      assert.equal(await userCount(organisation), PEOPLE)
      assert.ok(seconds < 60, `the first synchronisation took ${seconds.toFixed(1)} s`)
      process.stdout.write(`# 10,000 users read, compared and applied in ${seconds.toFixed(1)} s\n`)

      const again = await organisation.sync(id)
      assert.deepEqual([again.state, again.planned, again.read], ['done', 0, PEOPLE + 2])

      for (const [title, fail, state] of [
        [
          'breaks off in page 3 (abuse case 68)',
          () => {
            proxy.cutAfter = 700_000
          },
          'failed',
        ],
        [
          'lists nobody (abuse case 68)',
          () => {
            proxy.target = none.port
          },
          'refused',
        ],
        [
          'lists half (abuse case 68)',
          () => {
            proxy.target = half.port
          },
          'refused',
        ],
        [
          'is away',
          () => {
            proxy.target = 1
          },
          'failed',
        ],
      ] as const) {
        fail()
        const run = await organisation.sync(id)
        assert.equal(run.state, state, `${title}: ${run.why}`)
        assert.deepEqual([run.held, run.applied], [0, 0], title)
        assert.ok((run.why ?? '') !== '' && (run.remedy ?? '') !== '', title)
        assert.equal(await userCount(organisation), PEOPLE, title)
        process.stdout.write(`# ${title}: ${run.state}: ${run.why}\n`)
        proxy.target = slapd.port
        proxy.cutAfter = null
      }
      const well = await organisation.sync(id)
      assert.deepEqual([well.state, well.applied], ['done', 0])
    }),
  )

  test('a first run: groups in groups, aliases, disabled accounts; then what changes', () =>
    inOrganisation(async (organisation) => {
      const small = await startSlapd(
        peopleLdif(0, 12) + groupLdif('sales', ['user00001']) + groupLdif('all', ['sales', 'user00003']),
      )
      try {
        const id = await organisation.connector({ settings: settings({ port: small.port }), graceDays: 7 })
        await organisation.sync(id)
        const { db } = organisation.deps.store
        const users = await db
          .selectFrom('user')
          .selectAll()
          .where('tenant_id', '=', organisation.scope.tenantId)
          .orderBy('email')
          .execute()
        assert.deepEqual([users.length, users.filter(({ enabled }) => enabled === 0).length], [12, 1])
        assert.equal(users[9]?.enabled, 0, 'user00009 is disabled there')
        const groups = await db
          .selectFrom('address_group')
          .select(['name', 'member_count'])
          .where('tenant_id', '=', organisation.scope.tenantId)
          .where('connector_id', '=', id)
          .orderBy('name')
          .execute()
        assert.deepEqual(
          groups.map(({ name, member_count }) => [name, Number(member_count)]),
          [
            ['all', 2],
            ['sales', 1],
          ],
        )

        small.modify(
          `dn: cn=user00002,ou=Users,${BASE}\nchangetype: modify\nreplace: displayName\ndisplayName: Anew\n`,
        )
        small.modify(`dn: cn=user00005,ou=Users,${BASE}\nchangetype: delete\n`)
        const run = await organisation.sync(id)
        assert.deepEqual([run.changes, run.leaving, run.removals], [1, 1, 0], run.why ?? '')
        const path = { connector: id, run: run.id }
        const { items } = await listSyncChanges(organisation.scope, path, {
          query: { limit: 50 },
          deps: organisation.deps,
        })
        assert.deepEqual(
          items.map(({ change, name, fields, outcome }) => [change, name, fields[0]?.after ?? '', outcome]),
          [
            ['change', 'Anew', 'Anew', 'applied'],
            ['leave', 'Person 5', '', 'applied'],
          ],
        )
        organisation.clock.add(8 * 24 * 3_600_000)
        const later = await organisation.sync(id)
        assert.deepEqual([later.removals, later.held, later.kept], [1, 0, 1], later.why ?? '')
        // Off by default: who leaves stays as an address that receives mail.
        assert.equal(await userCount(organisation), 12)
      } finally {
        await small.stop()
      }
    }))

  const ways: readonly (readonly [string, Partial<LdapSettings>, string, string])[] = [
    ['TLS by name', { encryption: 'tls', certificateName: 'dc1.corp.example' }, 'look-up', 'not-run'],
    [
      'TLS at the address alone',
      { encryption: 'tls' },
      'tls',
      'The certificate is for dc1.corp.example, not for 127.0.0.1',
    ],
    ['TLS by host name', { encryption: 'tls', host: 'dc1.corp.example' }, 'look-up', 'not-run'],
    ['StartTLS', { encryption: 'start-tls', certificateName: 'dc1.corp.example' }, 'look-up', 'not-run'],
    [
      'an unknown authority',
      { encryption: 'tls', authority: null, host: 'dc1.corp.example' },
      'tls',
      'not issued by an authority',
    ],
    ['pinned, not confirmed', { encryption: 'tls', certificate: 'pinned' }, 'tls', 'shows the certificate'],
    [
      'pinned to another',
      { encryption: 'tls', certificate: 'pinned', fingerprint: 'AB'.repeat(32) },
      'tls',
      'another certificate',
    ],
    ['relaxed', { encryption: 'tls', certificate: 'relaxed' }, 'look-up', 'not-run'],
    ['TLS on the plain port', { encryption: 'tls', port: -1 }, 'tls', 'did not agree on TLS'],
    ['StartTLS on the TLS port', { encryption: 'start-tls', port: -2 }, 'tls', 'StartTLS failed'],
    ['nobody listens', { port: 1, encryption: 'none' }, 'connect', 'refuses connections on port 1'],
    ['no such host', { host: 'nowhere.corp.example' }, 'resolve', 'No address is known'],
    ['link-local', { host: '169.254.169.254' }, 'resolve', 'Link-local and metadata'],
    ['private', { host: '10.1.2.3' }, 'resolve', 'private network'],
    [
      'a wrong password',
      { userName: `cn=blind,${BASE}` },
      'sign-in',
      'refuses name and password (result 49)',
    ],
    ['no rights', { userName: `cn=blind,${BASE}`, filter: 'blind' }, 'permission', ''],
    ['no such base', { baseDn: 'dc=nowhere,dc=example' }, 'permission', 'base DN'],
    ['an empty base', { baseDn: `cn=sync,${BASE}` }, 'list', 'Nobody with an address'],
  ]
  for (const [title, more, step, says] of ways) {
    test(`the tests of a connector: ${title}`, () =>
      inOrganisation(async (organisation) => {
        const isBlind = more.filter === 'blind'
        const wanted = {
          port: more.encryption === 'tls' ? slapd.tlsPort : slapd.port,
          authority: slapd.authority,
          ...more,
        }
        if (wanted.port === -1) wanted.port = slapd.port
        if (wanted.port === -2) wanted.port = slapd.tlsPort
        if (isBlind) wanted.filter = null
        const id = await organisation.connector({
          settings: settings(wanted),
          ...(isBlind ? { secret: 'blind-secret' } : {}),
        })
        const { lastTest } = await organisation.test(id)
        const check = lastTest?.checks.find(({ name }) => name === step)
        const before = lastTest?.checks.slice(0, lastTest.checks.indexOf(check!)) ?? []
        const told = (lastTest?.checks ?? [])
          .map(({ name, state, saw }) => `${name} ${state} ${saw}`)
          .join('; ')
        assert.ok(
          before.every(({ state }) => state === 'passed' || state === 'warning'),
          told,
        )
        if (says === 'not-run')
          return assert.deepEqual([check?.state, lastTest?.passed], ['not-run', true], told)
        assert.equal(check?.state, 'failed', told)
        assert.ok(check?.saw.includes(says), told)
        assert.ok((check?.remedy ?? '').length > 10, told)
      }))
  }

  test('a limit of size is told, and nothing is taken over', () =>
    inOrganisation(async (organisation) => {
      const limits = [`limits dn.exact="cn=sync,${BASE}" size.soft=100 size.hard=100 size.prtotal=100`]
      const tight = await startSlapd(peopleLdif(0, 300), limits)
      try {
        const id = await organisation.connector({ settings: settings({ port: tight.port }) })
        const { lastTest } = await organisation.test(id)
        const list = lastTest?.checks.find(({ name }) => name === 'list')
        assert.match(list?.saw ?? '', /limit of size is reached \(result 4\)/)
        const run = await organisation.sync(id, { preview: true })
        assert.equal(run.state, 'failed')
        assert.match(run.why ?? '', /result 4/)
      } finally {
        await tight.stop()
      }
    }))

  test('one address is looked up; names cannot break out of a filter', () =>
    inOrganisation(async (organisation) => {
      const id = await organisation.connector({ settings: settings() })
      for (const [address, state] of [
        ['alias.user00007@corp.example', 'passed'],
        ['*)(uid=*', 'failed'],
        ['*', 'failed'],
      ] as const) {
        organisation.clock.add(5_000)
        const { lastTest } = await organisation.test(id, address)
        assert.equal(lastTest?.checks.find(({ name }) => name === 'look-up')?.state, state, address)
      }
    }))

  test('people sign in with their own password, and never with an empty one', () =>
    inOrganisation(async ({ deps }) => {
      const input = { settings: settings() as LdapSettings, secret: SYNC.password }
      for (const [userName, password, expected] of [
        ['user00001', 'person-secret', 'accepted'],
        ['user00001@corp.example', 'person-secret', 'accepted'],
        ['user00001', 'wrong', 'refused wrong-password'],
        ['user00001', '', 'refused no-password'],
        ['*', 'person-secret', 'refused unknown-user'],
        ['user0000*', 'person-secret', 'refused unknown-user'],
        ['*)(objectClass=*', 'person-secret', 'refused unknown-user'],
        ['nobody', 'person-secret', 'refused unknown-user'],
      ] as const) {
        const outcome = await signInByLdap(
          { ...input, userName, password },
          deps,
          AbortSignal.timeout(60_000),
        )
        const told = outcome.kind === 'accepted' ? outcome.kind : `${outcome.kind} ${outcome.code}`
        assert.equal(told, expected, `${userName} ${password}`)
      }
      const away = {
        ...input,
        settings: { ...input.settings, port: 1 },
        userName: 'user00001',
        password: 'x',
      }
      assert.equal((await signInByLdap(away, deps, AbortSignal.timeout(60_000))).kind, 'unavailable')
    }))
})
