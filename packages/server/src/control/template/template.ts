// Templates of the operator (V1): made, changed, removed; which organisation follows which, and where it
// differs.

import type { Permission } from '@gatepost/contract/permission.ts'
import {
  type Inheritance,
  type Inherited,
  TEMPLATES_MAX,
  type Template,
  TemplateSettings,
} from '@gatepost/contract/template.ts'
import { newId } from '#platform/random.ts'
import { isUniqueViolation } from '#store/errors.ts'
import type { Db } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { appendAudit } from '../audit/audit.ts'
import { invalidInput, problem } from '../problem.ts'
import type { Actor, ControlDeps, Scope } from '../scope.ts'
import { requireRevision } from '../settings/settings.ts'
import { mayRead, type Section, sections, type TemplateDeps } from './sections.ts'

export type By = { readonly actor: Actor; readonly from: string }
type Deps = Pick<ControlDeps, 'store' | 'clock'>
type Draft = { readonly name: string; readonly settings: TemplateSettings }

export async function listTemplates({ store }: Pick<Deps, 'store'>): Promise<{ items: Template[] }> {
  const rows = await store.db.selectFrom('template').selectAll().orderBy('name').execute()
  const uses = await acrossTenants(store.db)
    .selectFrom('template_use')
    .select(({ fn }) => ['template_id', fn.countAll<number>().as('count')])
    .groupBy('template_id')
    .execute()
  const followers = new Map(uses.map(({ template_id, count }) => [template_id, Number(count)]))
  return { items: rows.map((row) => templateOf(row, followers.get(row.id) ?? 0)) }
}

/** Throws `limit-reached`, and `invalid-input` for a name that another has. */
export async function createTemplate(by: By, draft: Draft, { store, clock }: Deps): Promise<Template> {
  const now = clock.now()
  const row: Row<'template'> = {
    id: newId('tpl', now),
    name: draft.name,
    settings: JSON.stringify(draft.settings),
    created_at: now,
    created_by: by.actor.name,
    updated_at: now,
    revision: 1,
  }
  await store.transaction(async (trx) => {
    const { count } = await trx
      .selectFrom('template')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    if (Number(count) >= TEMPLATES_MAX) {
      throw problem('limit-reached', `${TEMPLATES_MAX} templates are there. Remove some first.`)
    }
    await trx.insertInto('template').values(row).execute().catch(nameTaken)
    const event = { action: 'template.made', subject: `template ${draft.name}`, before: null }
    await appendAudit(trx, { tenantId: null, ...by }, { ...event, after: draft.settings, at: now })
  })
  return templateOf(row, 0)
}

/** Throws `not-found`, `changed-meanwhile`, `invalid-input`. */
export async function updateTemplate(
  by: By,
  input: { readonly id: string; readonly draft: Draft; readonly expected: number | null },
  { store, clock }: Deps,
): Promise<Template> {
  const { id, draft, expected } = input
  await store.transaction(async (trx) => {
    const row = await requireTemplate(trx, id)
    requireRevision(row, expected)
    const now = clock.now()
    const changed = { name: draft.name, settings: JSON.stringify(draft.settings), updated_at: now }
    await trx
      .updateTable('template')
      .set({ ...changed, revision: row.revision + 1 })
      .where('id', '=', id)
      .execute()
      .catch(nameTaken)
    const event = { action: 'template.changed', subject: `template ${draft.name}`, after: draft.settings }
    const before = settingsOf(row)
    await appendAudit(trx, { tenantId: null, ...by }, { ...event, before, at: now })
  })
  const { items } = await listTemplates({ store })
  return items.find((item) => item.id === id)!
}

/** Organisations keep what they have. Throws `not-found`. */
export async function removeTemplate(by: By, id: string, { store, clock }: Deps): Promise<void> {
  await store.transaction(async (trx) => {
    const row = await requireTemplate(trx, id)
    await acrossTenants(trx).deleteFrom('template_use').where('template_id', '=', id).execute()
    await trx.deleteFrom('template').where('id', '=', id).execute()
    const event = { action: 'template.removed', subject: `template ${row.name}`, after: null }
    await appendAudit(trx, { tenantId: null, ...by }, { ...event, before: settingsOf(row), at: clock.now() })
  })
}

/** A scope with what the asker holds in its tenant: settings of other areas are not shown. */
export type ReaderScope = Scope & { readonly held: readonly Permission[] }

/** The template that an organisation follows, and every section that the asker may see beside it. */
export async function getInheritance(scope: ReaderScope, deps: TemplateDeps): Promise<Inheritance> {
  const { db } = deps.store
  const use = await db
    .selectFrom('template_use')
    .selectAll()
    .where('tenant_id', '=', scope.tenantId)
    .executeTakeFirst()
  const row = use ? await findTemplate(db, use.template_id) : null
  const settings = row === null ? {} : settingsOf(row)
  const seen = sections.filter((section) => mayRead(section, scope.held))
  const compared = await Promise.all(seen.map((section) => compare(scope, { section, settings }, deps)))
  if (!use || row === null) return { template: null, outdated: false, sections: compared }
  const { id, name } = row
  return {
    template: { id, name, appliedAt: use.applied_at, appliedBy: use.applied_by },
    outdated: row.revision !== use.template_revision,
    sections: compared,
  }
}

/** The settings of an organisation as a template would have them, as far as the asker may see them. */
export async function copyTemplate(scope: ReaderScope, deps: TemplateDeps): Promise<TemplateSettings> {
  const seen = sections.filter((section) => mayRead(section, scope.held))
  const found = await Promise.all(
    seen.map(async ({ key, read }) => [key, await read(scope, null, deps)] as const),
  )
  const settings: Partial<TemplateSettings> = Object.fromEntries(found)
  // An organisation where nobody was named yet has no contact to hand on.
  if (settings.emergencyContact?.email === '') delete settings.emergencyContact
  return TemplateSettings.parse(settings)
}

/** What a section has here and in the template. */
export async function compare(
  scope: Scope,
  { section, settings }: { readonly section: Section; readonly settings: TemplateSettings },
  deps: TemplateDeps,
): Promise<Inherited> {
  const { name, title, key } = section
  const wanted = settings[key]
  const here = await section.read(scope, (wanted ?? null) as never, deps)
  const words = section.words(here as never)
  if (wanted === undefined) return { section: name, title, state: 'own', here: words, template: null }
  const state = isEqual(here, wanted) ? 'inherited' : 'differs'
  return { section: name, title, state, here: words, template: section.words(wanted as never) }
}

/** Equal as JSON, whatever order their fields are in. */
function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(ordered(left)) === JSON.stringify(ordered(right))
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return entries.map(([name, part]) => [name, ordered(part)])
}

export async function requireTemplate(db: Db, id: string): Promise<Row<'template'>> {
  const row = await findTemplate(db, id)
  if (row === null) throw problem('not-found', 'There is no such template.')
  return row
}

/** By id or name. */
async function findTemplate(db: Db, reference: string): Promise<Row<'template'> | null> {
  const row = await db
    .selectFrom('template')
    .selectAll()
    .where((where) => where.or([where('id', '=', reference), where('name', '=', reference)]))
    .executeTakeFirst()
  return row ?? null
}

/** As stored; what this release does not know is left out. */
export function settingsOf(row: Pick<Row<'template'>, 'settings'>): TemplateSettings {
  const parsed = TemplateSettings.safeParse(JSON.parse(row.settings))
  return parsed.success ? parsed.data : {}
}

function templateOf(row: Row<'template'>, followers: number): Template {
  const { id, name, created_at, created_by, updated_at, revision } = row
  return {
    id,
    name,
    settings: settingsOf(row),
    followers,
    createdAt: created_at,
    createdBy: created_by,
    updatedAt: updated_at,
    revision,
  }
}

function nameTaken(error: unknown): never {
  if (!isUniqueViolation(error)) throw error
  throw invalidInput([{ path: '/name', message: 'Another template has this name.' }])
}
