// An organisation in two minutes (V1): name and domain, the rest by template and DNS, and an invitation.
import type { Environment } from '@gatepost/contract/common.ts'
import type { BodyOf, OutputOf } from '@gatepost/contract/endpoint.ts'
import { permissionsOf } from '@gatepost/contract/permission.ts'
import type { addOrganization as contract } from '@gatepost/contract/portfolio.ts'
import type { TemplateSettings } from '@gatepost/contract/template.ts'
import type { Tenant } from '@gatepost/contract/tenant.ts'
import { proposeEnvironment } from '../environment/environment.ts'
import { Problem } from '../problem.ts'
import { type InvitationDeps, inviteAdministrator } from '../role/invitation.ts'
import type { Actor } from '../scope.ts'
import { applyTemplate } from '../template/apply.ts'
import type { TemplateDeps } from '../template/sections.ts'
import { requireTemplate, settingsOf } from '../template/template.ts'
import { createTenant, getTenant } from '../tenant/tenant.ts'

type Deps = TemplateDeps & InvitationDeps
type Input = BodyOf<typeof contract>
type Output = OutputOf<typeof contract>
type By = { readonly actor: Extract<Actor, { kind: 'person' }>; readonly from: string }

const NOBODY = { name: '', email: '', phone: '' }

/** Adds it. What comes after the organisation itself is told in `left` where it fails, never undone. */
export async function addOrganization(by: By, input: Input, deps: Deps): Promise<Output> {
  const settings =
    input.template === null ? {} : settingsOf(await requireTemplate(deps.store.db, input.template))
  const chosen = await environmentFor(input, settings, deps)
  const contact = input.emergencyContact ?? settings.emergencyContact ?? contactOf(input)
  const made = await createTenant(
    by,
    {
      name: input.name,
      primaryDomain: input.primaryDomain,
      environment: chosen.environment,
      emergencyContact: contact,
      claim: input.claim === true,
    },
    deps,
  )
  const left = input.template === null ? [] : await follow(by, { made, template: input.template }, deps)
  const invited = await invite(by, { made, invite: input.invite }, deps)
  const scope = { tenantId: made.id, ...by }
  return {
    tenant: await getTenant(scope, deps),
    environmentFrom: chosen.from,
    invitation: invited.link,
    mailed: invited.mailed,
    left: [...left, ...invited.left],
  }
}

async function environmentFor(
  { environment, primaryDomain }: Input,
  settings: TemplateSettings,
  deps: Deps,
): Promise<{ readonly environment: Environment; readonly from: Output['environmentFrom'] }> {
  if (environment !== null) return { environment, from: 'input' }
  if (settings.environment !== undefined) return { environment: settings.environment, from: 'template' }
  const proposal = await proposeEnvironment(primaryDomain, deps)
  if (proposal.environment !== null) return { environment: proposal.environment, from: 'dns' }
  return { environment: 'other', from: 'fallback' }
}

function contactOf({ invite }: Input): Tenant['emergencyContact'] {
  return invite === null ? NOBODY : { name: invite.name, email: invite.email, phone: '' }
}

async function follow(
  by: By,
  { made, template }: { readonly made: Tenant; readonly template: string },
  deps: Deps,
): Promise<string[]> {
  const mine = { id: made.id, slug: made.slug, permissions: permissionsOf.super, asOperator: true }
  const bulk = { template, tenants: [made.id], sections: [] }
  const { items } = await applyTemplate({ ...by, tenants: [mine] }, bulk, deps)
  return items.flatMap(({ refused }) => (refused === null ? [] : [refused]))
}

async function invite(
  by: By,
  { made, invite: asked }: { readonly made: Tenant; readonly invite: Input['invite'] },
  deps: Deps,
): Promise<{ readonly link: string | null; readonly mailed: boolean; readonly left: string[] }> {
  if (asked === null) return { link: null, mailed: false, left: [] }
  const scope = { tenantId: made.id, ...by, held: permissionsOf.super }
  try {
    const { link, mailed } = await inviteAdministrator(scope, { ...asked, role: 'super' }, deps)
    return { link, mailed, left: [] }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { link: null, mailed: false, left: [`The invitation was not sent: ${error.message}`] }
  }
}
