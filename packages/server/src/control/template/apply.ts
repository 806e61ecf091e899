// Bulk change (V1): what a template would change in chosen organisations, and the same carried out, each as
// its own operator with its own audit entries.
import type { Permission } from '@gatepost/contract/permission.ts'
import type { BulkOutcome, TemplateSection } from '@gatepost/contract/template.ts'
import type { Row } from '#store/schema.ts'
import { appendAudit } from '../audit/audit.ts'
import { Problem } from '../problem.ts'
import type { Actor, Scope } from '../scope.ts'
import { mayRead, readingOf, sections, type TemplateDeps } from './sections.ts'
import { compare, requireTemplate, settingsOf } from './template.ts'

/** Who asks, with the organisations it may act in. */
export type BulkAsker = {
  readonly actor: Extract<Actor, { kind: 'person' }>
  readonly from: string
  readonly tenants: readonly {
    readonly id: string
    readonly slug: string
    readonly permissions: readonly Permission[]
    readonly asOperator: boolean
  }[]
}

type Bulk = {
  readonly template: string
  readonly tenants: readonly string[]
  readonly sections: readonly TemplateSection[]
}

/** Changes nothing. Throws `not-found` for the template. */
export function previewTemplate(
  asker: BulkAsker,
  bulk: Bulk,
  deps: TemplateDeps,
): Promise<{ items: BulkOutcome[] }> {
  return forAll(asker, bulk, { deps, carryOut: false })
}

/** Organisations follow each other; one that fails says why and stops no other. */
export function applyTemplate(
  asker: BulkAsker,
  bulk: Bulk,
  deps: TemplateDeps,
): Promise<{ items: BulkOutcome[] }> {
  return forAll(asker, bulk, { deps, carryOut: true })
}

type How = { readonly deps: TemplateDeps; readonly carryOut: boolean }

async function forAll(
  asker: BulkAsker,
  { template, tenants, sections: only }: Bulk,
  how: How,
): Promise<{ items: BulkOutcome[] }> {
  const row = await requireTemplate(how.deps.store.db, template)
  const items: BulkOutcome[] = []
  for (const reference of new Set(tenants)) {
    const mine = asker.tenants.find(({ id, slug }) => id === reference || slug === reference)
    if (mine === undefined) {
      const refused = 'There is no such organisation, or you do not act for it.'
      items.push({ tenant: reference, slug: reference, name: reference, changes: [], refused })
      continue
    }
    const actor = { ...asker.actor, asOperator: mine.asOperator }
    const scope: Scope = { tenantId: mine.id, actor, from: asker.from }
    const outcome = await inOne(scope, { row, only, held: mine.permissions }, how)
    items.push({ tenant: mine.id, slug: mine.slug, ...outcome })
  }
  return { items }
}

async function inOne(
  scope: Scope,
  asked: {
    readonly row: Row<'template'>
    readonly only: readonly TemplateSection[]
    readonly held: readonly Permission[]
  },
  { deps, carryOut }: How,
): Promise<Pick<BulkOutcome, 'name' | 'changes' | 'refused'>> {
  const { row, only, held } = asked
  const settings = settingsOf(row)
  const meant = sections.filter(
    ({ name, key }) => settings[key] !== undefined && (only.length === 0 || only.includes(name)),
  )
  const changes: BulkOutcome['changes'] = []
  const refused: string[] = []
  for (const section of meant) {
    if (!mayRead(section, held)) {
      refused.push(`${section.title}: your role there lacks ${readingOf(section.needs)}.`)
      continue
    }
    const compared = await compare(scope, { section, settings }, deps)
    if (compared.state !== 'differs') continue
    if (!held.includes(section.needs)) {
      refused.push(`${section.title}: your role there lacks ${section.needs}.`)
      continue
    }
    try {
      if (carryOut) await section.apply(scope, settings[section.key] as never, deps)
      changes.push(compared)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      refused.push(`${section.title}: ${error.message}`)
    }
  }
  // Whoever may change nothing there does not say what it is compared with either.
  if (carryOut && held.includes('tenant:write')) await follow(scope, row, deps)
  return {
    name: await nameOf(scope, deps),
    changes,
    refused: refused.length === 0 ? null : refused.join(' '),
  }
}

/** From now on the organisation is compared with this template. */
async function follow(scope: Scope, row: Row<'template'>, { store, clock }: TemplateDeps): Promise<void> {
  const now = clock.now()
  const use = {
    template_id: row.id,
    applied_at: now,
    applied_by: scope.actor.name,
    template_revision: row.revision,
  }
  await store.transaction(async (trx) => {
    const before = await trx
      .selectFrom('template_use')
      .select('template_id')
      .where('tenant_id', '=', scope.tenantId)
      .executeTakeFirst()
    await trx
      .insertInto('template_use')
      .values({ tenant_id: scope.tenantId, ...use })
      .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(use))
      .execute()
    const event = { action: 'template.applied', subject: `template ${row.name}`, after: { name: row.name } }
    await appendAudit(trx, scope, { ...event, before: before ? { id: before.template_id } : null, at: now })
  })
}

async function nameOf({ tenantId }: Scope, { store }: TemplateDeps): Promise<string> {
  const row = await store.db.selectFrom('tenant').select('name').where('id', '=', tenantId).executeTakeFirst()
  return row?.name ?? ''
}
