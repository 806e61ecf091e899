// The organisation: name, environment and emergency contact. Used by Settings and by Connect's first step.
import type { Environment } from '@gatepost/contract/common.ts'
import { getConnect } from '@gatepost/contract/connect.ts'
import { getMe } from '@gatepost/contract/session.ts'
import { getLiveness, getTenant, listTenants, type Tenant, updateTenant } from '@gatepost/contract/tenant.ts'
import { Button, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type * as z from 'zod'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { environmentWords } from '#connect/step-words.ts'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { FormSection } from '#shared/form-section.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { useUnsaved } from '#shared/unsaved.ts'
import { address, focusFirstWrong, required, useFieldErrors } from '#shared/validation.ts'
import { LiveLine } from './live-line.tsx'

export const environments = (Object.keys(environmentWords) as Environment[]).map((value) => ({
  value,
  label: environmentWords[value],
}))

type Change = z.input<(typeof updateTenant)['body']>

export function OrganizationForm() {
  const tenant = useSlug()
  const { data, error } = useEndpoint(getTenant, { params: { tenant } })
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  return <Filled key={data.id} tenant={data} />
}

function Filled({ tenant }: { readonly tenant: Tenant }) {
  const may = useMay('tenant:write')
  const save = useAction(updateTenant, {
    readAgain: [getTenant, getConnect, getMe, getLiveness, listTenants],
    onDone: () => form.resetDirty(),
  })
  const form = useForm({
    initialValues: {
      name: tenant.name,
      environment: tenant.environment,
      inboundOnly: tenant.inboundOnly,
      emergencyContact: tenant.emergencyContact,
      postmaster: tenant.postmaster ?? '',
    },
    validate: {
      postmaster: (value) => (value.trim() === '' ? null : address(value)),
      name: required('the name of the organisation'),
      emergencyContact: { name: required('who to reach'), email: address },
    },
  })
  useFieldErrors(form, save.error)
  useUnsaved(form.isDirty() && !save.isPending)
  const submit = form.onSubmit(({ postmaster, ...rest }) => {
    const body: Change = { ...rest, postmaster: postmaster.trim() === '' ? null : postmaster }
    save.mutate({ params: { tenant: tenant.slug }, body, revision: tenant.revision })
  }, focusFirstWrong)
  return (
    <form onSubmit={submit} noValidate>
      <Panel title={tenant.name} side={tenant.primaryDomain} flush>
        <FormSection title="Organisation">
          <TextInput label="Organisation name" disabled={!may} {...form.getInputProps('name')} />
          <Switch
            label="Only inbound mail passes Gatepost"
            description="Then setting up outbound email is not required."
            disabled={!may}
            {...form.getInputProps('inboundOnly', { type: 'checkbox' })}
          />
        </FormSection>
        <FormSection title="Environment" line="Decides which steps and instructions you see.">
          <ChoiceCards
            label="Environment"
            labelHidden
            disabled={!may}
            choices={environments}
            value={form.values.environment}
            onChange={(environment) => form.setFieldValue('environment', environment)}
          />
        </FormSection>
        <FormSection title="Emergency contact" line="Used only when we can’t reach you by mail.">
          <TextInput label="Contact name" disabled={!may} {...form.getInputProps('emergencyContact.name')} />
          <div className={stack.pair}>
            <TextInput
              label="Outside address"
              type="email"
              disabled={!may}
              {...form.getInputProps('emergencyContact.email')}
            />
            <TextInput
              label="Phone"
              type="tel"
              disabled={!may}
              {...form.getInputProps('emergencyContact.phone')}
            />
          </div>
        </FormSection>
        <FormSection
          title="Postmaster"
          line={`Mail for postmaster@ and abuse@ of every domain goes to this person, and so do notices about held mail.`}
        >
          <TextInput
            label="Postmaster’s address"
            description={`In one of your domains, such as ${tenant.primaryDomain}. Empty: such mail goes where it is addressed to.`}
            type="email"
            disabled={!may}
            {...form.getInputProps('postmaster')}
          />
        </FormSection>
        {save.error && (
          <PanelBody>
            <ProblemNote error={save.error} focus />
          </PanelBody>
        )}
        {may && (
          <PanelFoot>
            {save.isSuccess && !form.isDirty() ? <LiveLine /> : <span />}
            <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
              Save organisation
            </Button>
          </PanelFoot>
        )}
      </Panel>
    </form>
  )
}
