// Operators of many organisations: one is added by a template, drift is seen, a bulk change is previewed and
// carried out, links are shared and taken back, and usage is counted.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { permissionsOf } from '@gatepost/contract/permission.ts'
import { TemplateSettings } from '@gatepost/contract/template.ts'
import { Tenant } from '@gatepost/contract/tenant.ts'
import { accessOf } from '@gatepost/server/control/auth/access.ts'
import { addOrganization } from '@gatepost/server/control/portfolio/add.ts'
import { getPortfolio } from '@gatepost/server/control/portfolio/portfolio.ts'
import { countUsage, exportUsage, getUsage } from '@gatepost/server/control/portfolio/usage.ts'
import { setRetention } from '@gatepost/server/control/retention/retention.ts'
import { createShare, listShares, removeShare } from '@gatepost/server/control/share/share.ts'
import { viewShare } from '@gatepost/server/control/share/view.ts'
import { applyTemplate, previewTemplate } from '@gatepost/server/control/template/apply.ts'
import { copyTemplate, createTemplate, getInheritance } from '@gatepost/server/control/template/template.ts'
import { type TestControl, withControl } from './control.ts'
import { accepted, batchOf } from './store/fixtures.ts'

const SETTINGS = TemplateSettings.parse({
  environment: 'on-premises',
  emergencyContact: { name: 'Mona', email: 'mona@msp.example', phone: '' },
  retention: [{ class: 'tracking', days: 60 }],
  greylisting: false,
  secondFactor: 'always',
  policies: [
    {
      type: 'blocked-senders',
      name: 'Known bad',
      from: { kind: 'external' },
      to: { kind: 'internal' },
      sourceIps: ['192.0.2.0/24'],
      option: { action: 'block' },
    },
  ],
})

async function operator(control: TestControl) {
  const { store } = control.deps
  await control.person({ tenantId: '', role: null, operator: true })
  const row = await store.db.selectFrom('person').select(['id', 'name']).executeTakeFirstOrThrow()
  const by = { actor: { kind: 'person', ...row } as const, from: '192.0.2.1' }
  const asker = async () => ({ ...by, tenants: await accessOf(store.db, row.id) })
  return { by, asker }
}

const NEW = { environment: null, emergencyContact: null, invite: null, template: null } as const

test('an organisation by template has what the template says, and drift is seen and mended', async () => {
  await withControl(async (control) => {
    const { deps } = control
    const { by, asker } = await operator(control)
    const template = await createTemplate(by, { name: 'Standard', settings: SETTINGS }, deps)
    const added = await addOrganization(
      by,
      {
        ...NEW,
        name: 'Bright Ltd',
        primaryDomain: 'bright.example',
        template: template.id,
        invite: { name: 'Bea', email: 'bea@elsewhere.example', send: 'show' },
      },
      deps,
    )
    assert.deepEqual(added.left, [])
    assert.equal(added.environmentFrom, 'template')
    assert.equal(added.tenant.environment, 'on-premises')
    assert.equal(added.tenant.emergencyContact.email, 'mona@msp.example')
    assert.match(added.invitation ?? '', /invitation#token=/)

    const scope = { tenantId: added.tenant.id, ...by, held: permissionsOf.super }
    const states = async () =>
      Object.fromEntries(
        (await getInheritance(scope, deps)).sections.map(({ section, state }) => [section, state]),
      )
    assert.deepEqual(await states(), {
      environment: 'inherited',
      'emergency-contact': 'inherited',
      retention: 'inherited',
      'password-rules': 'own',
      'second-factor': 'inherited',
      greylisting: 'inherited',
      'auto-allow': 'own',
      policies: 'inherited',
    })

    await setRetention(scope, { class: 'tracking', days: 7 }, deps)
    assert.equal((await states()).retention, 'differs')
    const bulk = { template: template.id, tenants: [added.tenant.id, 'ten_nobody'], sections: [] }
    const preview = await previewTemplate(await asker(), bulk, deps)
    assert.deepEqual(
      preview.items.map(({ changes, refused }) => [changes.map(({ section }) => section), refused !== null]),
      [
        [['retention'], false],
        [[], true],
      ],
    )
    assert.equal((await states()).retention, 'differs', 'a preview changes nothing')
    await applyTemplate(await asker(), bulk, deps)
    assert.equal((await states()).retention, 'inherited')

    const copied = await copyTemplate(scope, deps)
    assert.equal(copied.policies?.[0]?.name, 'Known bad')
    assert.equal(copied.greylisting, false)

    // A help desk sees the organisation, and neither its policies nor how people sign in.
    const helpDesk = { ...scope, held: permissionsOf['help-desk'] }
    assert.deepEqual(
      (await getInheritance(helpDesk, deps)).sections.map(({ section }) => section),
      ['environment', 'emergency-contact', 'auto-allow'],
    )
    const less = Object.keys(await copyTemplate(helpDesk, deps)).toSorted()
    assert.deepEqual(less, ['autoAllow', 'emergencyContact', 'environment'])
    const [mine] = (await asker()).tenants
    const weak = { ...(await asker()), tenants: [{ ...mine!, permissions: permissionsOf['help-desk'] }] }
    const [outcome] = (await applyTemplate(weak, { ...bulk, tenants: [mine!.id] }, deps)).items
    assert.deepEqual(outcome?.changes, [])
    assert.match(outcome?.refused ?? '', /Policies: your role there lacks policies:read/)
  })
})

test('an organisation may begin without a contact: it can be shown, and hands none on', async () => {
  await withControl(async (control) => {
    const { deps } = control
    const { by } = await operator(control)
    const added = await addOrganization(by, { ...NEW, name: 'Bare', primaryDomain: 'bare.example' }, deps)
    const nobody = { name: '', email: '', phone: '' }
    assert.deepEqual(Tenant.parse(added.tenant).emergencyContact, nobody)
    const scope = { tenantId: added.tenant.id, ...by, held: permissionsOf.super }
    assert.equal('emergencyContact' in (await copyTemplate(scope, deps)), false)
  })
})

test('the list shows progress, finds and sorts, and only what the asker may see', async () => {
  await withControl(async (control) => {
    const { deps } = control
    const { by, asker } = await operator(control)
    for (const name of ['Bright', 'Acme', 'Corp'])
      await addOrganization(by, { ...NEW, name, primaryDomain: `${name.toLowerCase()}.example` }, deps)
    const query = { state: 'all', sort: 'name', limit: 2 } as const
    const first = await getPortfolio(await asker(), query, deps)
    assert.deepEqual([first.items.map(({ name }) => name), first.total], [['Acme', 'Bright'], 3])
    const second = await getPortfolio(await asker(), { ...query, after: first.next ?? '' }, deps)
    assert.deepEqual([second.items.map(({ name }) => name), second.next], [['Corp'], null])
    const found = await getPortfolio(await asker(), { ...query, search: 'corp.ex' }, deps)
    assert.equal(found.items[0]?.next?.step, 'name-organization')
    const nobody = await getPortfolio({ tenants: [] }, query, deps)
    assert.equal(nobody.total, 0)
  })
})

test('usage is counted from tracking and stays when counted again', async () => {
  await withControl(async (control) => {
    const { deps } = control
    const { by } = await operator(control)
    const added = await addOrganization(by, { ...NEW, name: 'Acme', primaryDomain: 'acme.example' }, deps)
    await deps.tracking.take(batchOf([accepted(added.tenant.id, { at: deps.clock.now() })]))
    await countUsage(deps)
    await countUsage(deps)
    const { items, months, month } = await getUsage(undefined, deps)
    assert.equal(items[0]?.inbound, 1)
    assert.ok((items[0]?.octets ?? 0) > 0)
    assert.deepEqual(months, [month])
    const lines = (await Array.fromAsync(exportUsage(month, deps))).join('').split('\r\n')
    assert.match(lines[1] ?? '', new RegExp(`^${month},Acme,acme,1,0,0,`))
  })
})

test('a share link shows its step alone, notes its use, and ends when it is taken back or over', async () => {
  await withControl(async (control) => {
    const { deps } = control
    const { by } = await operator(control)
    const added = await addOrganization(by, { ...NEW, name: 'Acme', primaryDomain: 'acme.example' }, deps)
    const scope = { tenantId: added.tenant.id, ...by }
    const draft = {
      step: 'validate-domains',
      domain: null,
      days: 1,
      note: 'By Friday',
      mailTo: null,
    } as const
    const { share, link } = await createShare(scope, draft, deps)
    const token = link?.split('token=')[1] ?? ''
    const shown = await viewShare(token, '192.0.2.7', deps)
    assert.deepEqual(
      [shown.organisation, shown.note, shown.records.map(({ type }) => type)],
      ['Acme', 'By Friday', ['TXT', 'CNAME']],
    )
    const [listed] = (await listShares(scope, deps)).items
    assert.equal(listed?.uses, 1)
    const kept = await deps.store.db
      .selectFrom('share_link')
      .selectAll()
      .where('tenant_id', '=', scope.tenantId)
      .executeTakeFirstOrThrow()
    assert.ok(!JSON.stringify(kept).includes(token), 'the token is kept nowhere')
    const later = { ...deps, clock: { ...deps.clock, now: () => deps.clock.now() + 2 * 86_400_000 } }
    await assert.rejects(viewShare(token, '192.0.2.7', later), { problemName: 'share-wrong' })
    await removeShare(scope, share.id, deps)
    await assert.rejects(viewShare(token, '192.0.2.7', deps), { problemName: 'share-wrong' })
  })
})
