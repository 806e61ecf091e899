// Against a real Active Directory (Samba): what entries mean, who has left, and each answer to a sign-in
// (D2b, D3).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ConnectorDraft } from '@gatepost/contract/directory.ts'
import { LdapSettings } from '@gatepost/contract/directory-ldap.ts'
import { signInByLdap } from '@gatepost/server/control/directory/kind-ldap.ts'
import { inOrganisation, type Organisation } from './lib/organisation.ts'
import { DOMAIN, type Samba, SYNC, sambaMissing, startSamba } from './lib/samba.ts'

const skip = sambaMissing()
const PERSON = 'Passw0rd!Person1'

let samba: Samba

before(
  async () => {
    if (skip) return
    samba = await startSamba()
    const { tool, modify } = samba
    const user = (name: string, ...more: string[]): void => tool('user', 'create', name, PERSON, ...more)
    tool('user', 'create', 'sync', SYNC.password)
    tool('user', 'setexpiry', 'sync', '--noexpiry')
    user('alice', '--mail-address=alice@corp.example', '--given-name=Alice', '--surname=Ng')
    user('bob', '--mail-address=bob@corp.example')
    tool('user', 'disable', 'bob')
    user('carol', '--mail-address=carol@corp.example')
    user('mary', '--mail-address=mary@corp.example', '--must-change-at-next-login')
    user('erin', '--mail-address=erin@corp.example')
    user('room', '--mail-address=room@corp.example')
    user('nomail')
    tool('group', 'add', 'sales', '--mail-address=sales@corp.example')
    tool('group', 'add', 'emea')
    tool('group', 'addmembers', 'sales', 'alice')
    tool('group', 'addmembers', 'emea', 'sales,bob')
    tool('contact', 'create', 'Partner', '--mail-address=partner@corp.example')
    modify(`dn: CN=Alice Ng,CN=Users,${DOMAIN}
changetype: modify
add: proxyAddresses
proxyAddresses: SMTP:alice.ng@corp.example
proxyAddresses: smtp:a.ng@corp.example
proxyAddresses: sip:alice@corp.example
`)
    // An account that expired in 1970.
    modify(
      `dn: CN=erin,CN=Users,${DOMAIN}\nchangetype: modify\nreplace: accountExpires\naccountExpires: 116444736000000000\n`,
    )
  },
  { timeout: 240_000 },
)
after(() => samba?.stop())

function settings(more: Partial<LdapSettings> = {}): ConnectorDraft['settings'] {
  return LdapSettings.parse({
    kind: 'ldap',
    host: samba.address,
    port: 636,
    certificateName: 'dc1.corp.example',
    authority: samba.authority,
    userName: SYNC.userName,
    ...more,
  })
}

async function users({ scope, deps }: Organisation) {
  const rows = await deps.store.db
    .selectFrom('user')
    .selectAll()
    .where('tenant_id', '=', scope.tenantId)
    .orderBy('email')
    .execute()
  return rows.map(({ email, enabled, kind }) => `${email} ${kind}${enabled === 1 ? '' : ' disabled'}`)
}

async function groups({ scope, deps }: Organisation) {
  const rows = await deps.store.db
    .selectFrom('address_group')
    .select(['name', 'member_count'])
    .where('tenant_id', '=', scope.tenantId)
    .where('origin', '=', 'directory')
    .orderBy('name')
    .execute()
  return new Map(rows.map(({ name, member_count }) => [name, Number(member_count)]))
}

describe('Active Directory', { skip, timeout: 300_000 }, () => {
  test('aliases, nested groups, disabled accounts, contacts; then somebody is deleted', () =>
    inOrganisation(async (organisation) => {
      const id = await organisation.connector({
        settings: settings(),
        secret: SYNC.password,
        graceDays: 0,
        deleteUsers: true,
      })
      const tested = await organisation.test(id, 'a.ng@corp.example')
      const told = (tested.lastTest?.checks ?? []).map(({ name, state, saw }) => `${name} ${state}: ${saw}`)
      assert.equal(tested.lastTest?.passed, true, told.join('\n'))
      assert.match(told.at(-1) ?? '', /Alice Ng: user, aliases/)
      const run = await organisation.sync(id)
      assert.equal(run.state, 'done', run.why ?? '')
      assert.deepEqual(await users(organisation), [
        'alice.ng@corp.example user',
        'bob@corp.example user disabled',
        'carol@corp.example user',
        'erin@corp.example user',
        'mary@corp.example user',
        'partner@corp.example contact',
        'room@corp.example user',
        'sales@corp.example group',
      ])
      const { items } = {
        items: await organisation.deps.store.db
          .selectFrom('user_address')
          .select('address')
          .where('tenant_id', '=', organisation.scope.tenantId)
          .where('address', 'like', '%ng@corp.example')
          .orderBy('address')
          .execute(),
      }
      assert.deepEqual(
        items.map(({ address }) => address),
        ['a.ng@corp.example', 'alice.ng@corp.example'],
      )
      const known = await groups(organisation)
      assert.deepEqual([known.get('sales'), known.get('emea')], [1, 2])

      samba.tool('user', 'delete', 'carol')
      samba.tool('user', 'enable', 'bob')
      const later = await organisation.sync(id)
      assert.deepEqual([later.changes, later.removals, later.held], [1, 1, 0], later.why ?? '')
      const now = await users(organisation)
      assert.ok(now.includes('bob@corp.example user') && !now.some((line) => line.startsWith('carol')))
      samba.tool('user', 'disable', 'bob')
    }))

  const answers: readonly (readonly [string, Partial<LdapSettings>, string, string, RegExp])[] = [
    ['a wrong password', {}, 'wrong', 'sign-in', /49\/52e/],
    ['a disabled account', { userName: 'bob@corp.example' }, PERSON, 'sign-in', /49\/533/],
    ['an expired account', { userName: 'erin@corp.example' }, PERSON, 'sign-in', /49\/701/],
    ['a password that must change', { userName: 'mary@corp.example' }, PERSON, 'sign-in', /49\/773|49\/532/],
    ['a name that is unknown', { userName: 'nobody@corp.example' }, PERSON, 'sign-in', /49\/52[5e]/],
    ['in the clear', { port: 389, encryption: 'none' }, SYNC.password, 'sign-in', /result 8/],
    [
      'the address instead of the name',
      { certificateName: null },
      SYNC.password,
      'tls',
      /dc1\.corp\.example, not for 127\./i,
    ],
    ['TLS on 389', { port: 389 }, SYNC.password, 'tls', /did not agree on TLS on port 389/],
    ['StartTLS on 636', { encryption: 'start-tls' }, SYNC.password, 'tls', /StartTLS failed on port 636/],
    [
      'a base that is not there',
      { baseDn: 'DC=nowhere,DC=example' },
      SYNC.password,
      'permission',
      /base DN|result/,
    ],
    [
      'a base without people',
      { baseDn: `CN=Computers,${DOMAIN}` },
      SYNC.password,
      'list',
      /Nobody with an address/,
    ],
  ]
  for (const [title, more, secret, step, says] of answers) {
    test(`the tests of a connector: ${title}`, () =>
      inOrganisation(async (organisation) => {
        const id = await organisation.connector({ settings: settings(more), secret })
        const { lastTest } = await organisation.test(id)
        const failed = lastTest?.checks.find(({ state }) => state === 'failed')
        assert.equal(failed?.name, step, failed?.saw ?? 'no test failed')
        assert.match(failed?.saw ?? '', says)
        assert.ok((failed?.remedy ?? '').length > 10)
        process.stdout.write(`# ${title}: ${failed?.saw} ${failed?.remedy}\n`)
      }))
  }

  test('StartTLS works, and an account with too many rights is warned of', () =>
    inOrganisation(async (organisation) => {
      const id = await organisation.connector({
        settings: settings({ port: 389, encryption: 'start-tls', userName: 'Administrator@corp.example' }),
        secret: 'Passw0rd!Corp1',
      })
      const { lastTest } = await organisation.test(id)
      const rights = lastTest?.checks.find(({ name }) => name === 'permission')
      assert.deepEqual([lastTest?.passed, rights?.state], [true, 'warning'])
      assert.match(rights?.saw ?? '', /rights beyond a plain domain user/)
    }))

  test('people sign in by name or address; what the directory says is told', () =>
    inOrganisation(async ({ deps }) => {
      const input = { settings: settings() as LdapSettings, secret: SYNC.password }
      for (const [userName, password, expected] of [
        ['alice@corp.example', PERSON, 'accepted'],
        ['a.ng@corp.example', PERSON, 'accepted'],
        ['CORP\\alice', PERSON, 'accepted'],
        ['alice', 'wrong', 'refused wrong-password'],
        ['alice', '', 'refused no-password'],
        ['bob', PERSON, 'refused account-disabled'],
        ['erin', PERSON, 'refused account-expired'],
        ['nobody', PERSON, 'refused unknown-user'],
      ] as const) {
        const outcome = await signInByLdap(
          { ...input, userName, password },
          deps,
          AbortSignal.timeout(60_000),
        )
        assert.equal(
          outcome.kind === 'accepted' ? outcome.kind : `${outcome.kind} ${outcome.code}`,
          expected,
          userName,
        )
      }
    }))
})
