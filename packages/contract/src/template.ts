// Templates (V1): what an operator gives several organisations, with visible inheritance and drift, and bulk
// change with a preview.
import * as z from 'zod'
import { Environment, Nothing, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { PasswordRules } from './password.ts'
import { PolicyDraft } from './policy.ts'
import { RetentionClass } from './retention.ts'
import { EmergencyContact } from './tenant.ts'

export const TEMPLATES_MAX = 100
export const TEMPLATE_POLICIES_MAX = 50
/** Organisations in one bulk change. */
export const BULK_TENANTS_MAX = 500

/** Parts of a template; what it does not name is the organisation's own. */
export const templateSections = [
  'environment',
  'emergency-contact',
  'retention',
  'password-rules',
  'second-factor',
  'greylisting',
  'auto-allow',
  'policies',
] as const
export const TemplateSection = z.enum(templateSections)
export type TemplateSection = z.infer<typeof TemplateSection>

export const TemplateSettings = z.object({
  environment: Environment.optional(),
  emergencyContact: EmergencyContact.optional(),
  retention: z
    .array(z.object({ class: RetentionClass, days: z.int().nullable() }))
    .max(50)
    .optional(),
  passwordRules: PasswordRules.optional(),
  secondFactor: z.enum(['always', 'outside', 'never']).optional(),
  /** Whether the default greylisting policy is on. */
  greylisting: z.boolean().optional(),
  autoAllow: z
    .object({ enabled: z.boolean(), days: z.int().min(1).max(3_650), samplePercent: z.int().min(0).max(100) })
    .optional(),
  /** Found again by type and name. */
  policies: z.array(PolicyDraft).max(TEMPLATE_POLICIES_MAX).optional(),
})
export type TemplateSettings = z.output<typeof TemplateSettings>

export const Template = z.object({
  id: z.string(),
  name: z.string(),
  settings: TemplateSettings,
  /** Organisations that follow it. */
  followers: z.int(),
  createdAt: Time,
  createdBy: z.string(),
  updatedAt: Time,
  revision: z.int(),
})
export type Template = z.infer<typeof Template>

/** One section of a template beside what an organisation has. */
export const Inherited = z.object({
  section: TemplateSection,
  title: z.string(),
  /** `own`: the template says nothing of it. */
  state: z.enum(['inherited', 'differs', 'own']),
  here: z.string(),
  template: z.string().nullable(),
})
export type Inherited = z.infer<typeof Inherited>

export const Inheritance = z.object({
  template: z.object({ id: z.string(), name: z.string(), appliedAt: Time, appliedBy: z.string() }).nullable(),
  /** The template was changed since it was applied here. */
  outdated: z.boolean(),
  sections: z.array(Inherited),
})
export type Inheritance = z.infer<typeof Inheritance>

/** What a bulk change would do, or did, in one organisation. */
export const BulkOutcome = z.object({
  tenant: z.string(),
  slug: z.string(),
  name: z.string(),
  changes: z.array(Inherited),
  /** Why something is left as it is; null where all is done. */
  refused: z.string().nullable(),
})
export type BulkOutcome = z.infer<typeof BulkOutcome>

const TemplatePath = z.object({ template: z.string() })
const Draft = z.object({ name: z.string().trim().min(1).max(80), settings: TemplateSettings })

export const listTemplates = endpoint({
  name: 'listTemplates',
  method: 'GET',
  path: '/v1/system/templates',
  tag: 'Operators',
  allow: 'system:read',
  summary: 'Templates with what they set and how many organisations follow them.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: z.object({ items: z.array(Template) }),
  status: 200,
  problems: [],
})

export const createTemplate = endpoint({
  name: 'createTemplate',
  method: 'POST',
  path: '/v1/system/templates',
  tag: 'Operators',
  allow: 'system:write',
  summary: 'Makes a template.',
  params: Nothing,
  query: Nothing,
  body: Draft,
  output: Template,
  status: 201,
  problems: ['invalid-input', 'limit-reached'],
})

export const copyTemplate = endpoint({
  name: 'copyTemplate',
  method: 'POST',
  path: '/v1/tenants/{tenant}/template/copy',
  tag: 'Operators',
  allow: 'tenant:read',
  summary: 'The settings of an organisation in the form of a template, to make one of; stores nothing.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: TemplateSettings,
  status: 200,
  problems: ['not-found'],
})

export const updateTemplate = endpoint({
  name: 'updateTemplate',
  method: 'PUT',
  path: '/v1/system/templates/{template}',
  tag: 'Operators',
  allow: 'system:write',
  summary: 'Changes a template; organisations keep what they have until it is applied again.',
  params: TemplatePath,
  query: Nothing,
  body: Draft,
  output: Template,
  status: 200,
  problems: ['not-found', 'invalid-input', 'changed-meanwhile'],
})

export const removeTemplate = endpoint({
  name: 'removeTemplate',
  method: 'DELETE',
  path: '/v1/system/templates/{template}',
  tag: 'Operators',
  allow: 'system:write',
  summary: 'Removes a template; organisations that followed it keep what they have.',
  params: TemplatePath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

const Bulk = z.object({
  tenants: z.array(z.string().max(80)).min(1).max(BULK_TENANTS_MAX),
  /** Sections of the template; none means all it has. */
  sections: z.array(TemplateSection).max(templateSections.length).default([]),
})

export const previewTemplate = endpoint({
  name: 'previewTemplate',
  method: 'POST',
  path: '/v1/system/templates/{template}/preview',
  tag: 'Operators',
  allow: 'system:write',
  summary: 'What a template would change in chosen organisations; changes nothing.',
  params: TemplatePath,
  query: Nothing,
  body: Bulk,
  output: z.object({ items: z.array(BulkOutcome) }),
  status: 200,
  problems: ['not-found'],
})

export const applyTemplate = endpoint({
  name: 'applyTemplate',
  method: 'POST',
  path: '/v1/system/templates/{template}/apply',
  tag: 'Operators',
  allow: 'system:write',
  summary: 'Applies a template to chosen organisations, each with its own audit entries.',
  params: TemplatePath,
  query: Nothing,
  body: Bulk,
  output: z.object({ items: z.array(BulkOutcome) }),
  status: 200,
  problems: ['not-found'],
})

export const getInheritance = endpoint({
  name: 'getInheritance',
  method: 'GET',
  path: '/v1/tenants/{tenant}/template',
  tag: 'Operators',
  allow: 'tenant:read',
  summary: 'The template an organisation follows, and where its settings differ.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: Inheritance,
  status: 200,
  problems: ['not-found'],
})
