// Adds an organisation; the operator who adds it becomes its super administrator.
import type { Environment } from '@gatepost/contract/common.ts'
import { getMe } from '@gatepost/contract/session.ts'
import { createTenant, listTenants } from '@gatepost/contract/tenant.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link } from '@tanstack/react-router'
import { useAction } from '#api/use-endpoint.ts'
import { environments } from '#console/organization-form.tsx'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { FormSection } from '#shared/form-section.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { address, domainName, focusFirstWrong, required, useFieldErrors } from '#shared/validation.ts'

export function AddOrganization() {
  const add = useAction(createTenant, { readAgain: [listTenants, getMe], onDone: () => form.reset() })
  const form = useForm({
    initialValues: {
      name: '',
      primaryDomain: '',
      environment: 'microsoft-365' as Environment,
      emergencyContact: { name: '', email: '', phone: '' },
    },
    validate: {
      name: required('the name of the organisation'),
      primaryDomain: domainName,
      emergencyContact: { name: required('who to reach'), email: address },
    },
  })
  useFieldErrors(form, add.error)
  return (
    <form noValidate onSubmit={form.onSubmit((body) => add.mutate({ body }), focusFirstWrong)}>
      <Panel title="Add an organisation" flush>
        <FormSection title="Organisation">
          <div className={stack.pair}>
            <TextInput label="Organisation name" {...form.getInputProps('name')} />
            <TextInput label="Primary domain" {...form.getInputProps('primaryDomain')} />
          </div>
          <ChoiceCards
            label="Environment"
            choices={environments}
            value={form.values.environment}
            onChange={(environment) => form.setFieldValue('environment', environment)}
          />
        </FormSection>
        <FormSection title="Emergency contact" line="Used only when we can’t reach them by mail.">
          <TextInput label="Contact name" {...form.getInputProps('emergencyContact.name')} />
          <div className={stack.pair}>
            <TextInput
              label="Outside address"
              type="email"
              {...form.getInputProps('emergencyContact.email')}
            />
            <TextInput label="Phone" type="tel" {...form.getInputProps('emergencyContact.phone')} />
          </div>
        </FormSection>
        {(add.error || add.data) && (
          <PanelBody>
            {add.error && <ProblemNote error={add.error} focus />}
            {add.data && (
              <Note tone="ok" role="status" title={`Added ${add.data.name}`}>
                <Link to="/t/$slug/connect" params={{ slug: add.data.slug }}>
                  Open its Connect
                </Link>
              </Note>
            )}
          </PanelBody>
        )}
        <PanelFoot>
          <span />
          <Button type="submit" loading={add.isPending}>
            Add organisation
          </Button>
        </PanelFoot>
      </Panel>
    </form>
  )
}
