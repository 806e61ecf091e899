// The three answers: you, the organisation, and its environment as proposed from DNS.
import type { Environment } from '@gatepost/contract/common.ts'
import { completeSetup } from '@gatepost/contract/setup.ts'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconArrowRight, IconCircleCheckFilled } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { environmentWords } from '#connect/step-words.ts'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { FormSection } from '#shared/form-section.tsx'
import { ProblemNote } from '#shared/note.tsx'
import panel from '#shared/panel.module.css'
import { PanelBody, PanelFoot } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { address, domainName, newPassword, required, useFieldErrors } from '#shared/validation.ts'
import classes from './entry.module.css'
import { Evidence } from './evidence.tsx'
import { useProposal } from './use-proposal.ts'

const environments = (Object.keys(environmentWords) as Environment[]).map((value) => ({
  value,
  label: environmentWords[value],
}))

const initialValues = {
  administrator: { name: '', email: '', password: '' },
  organization: {
    name: '',
    primaryDomain: '',
    environment: null as Environment | null,
    emergencyContact: { name: '', email: '', phone: '' },
  },
}

export function SetupForm({ token }: { readonly token: string }) {
  const navigate = useNavigate()
  const form = useForm({
    initialValues,
    validate: {
      administrator: { name: required('your name'), email: address, password: newPassword },
      organization: {
        name: required('the name of the organisation'),
        primaryDomain: domainName,
        environment: (value) => (value === null ? 'Choose the environment' : null),
        emergencyContact: { name: required('who to reach'), email: address },
      },
    },
  })
  const create = useAction(completeSetup, {
    onDone: ({ slug }, client) => {
      client.clear()
      void navigate({ to: '/t/$slug/connect', params: { slug } })
    },
  })
  useFieldErrors(form, create.error)
  const { organization, administrator } = form.values
  const proposal = useProposal(token, organization.primaryDomain)
  const proposed = proposal.data?.environment ?? null
  useEffect(() => {
    if (proposed !== null && !form.isTouched('organization.environment')) {
      form.setFieldValue('organization.environment', proposed)
    }
  }, [proposed])
  const submit = form.onSubmit(({ administrator, organization: { environment, ...rest } }) => {
    if (environment === null) return
    create.mutate({ body: { token, administrator, organization: { ...rest, environment } } })
  })
  const enough = administrator.password.length >= 12
  const wrongEnvironment = form.errors['organization.environment']
  return (
    <div className={classes.columns}>
      <form noValidate onSubmit={submit} className={panel.panel} aria-label="Set up Gatepost">
        <FormSection title="You" line="The first administrator.">
          <TextInput label="Your name" autoComplete="name" {...form.getInputProps('administrator.name')} />
          <TextInput
            label="Work address"
            type="email"
            autoComplete="username"
            {...form.getInputProps('administrator.email')}
          />
          <div>
            <PasswordInput
              label="Password"
              description="At least 12 characters. Any characters, no rules beyond that."
              autoComplete="new-password"
              visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }}
              {...form.getInputProps('administrator.password')}
            />
            {enough && (
              <span className={classes.rule}>
                <IconCircleCheckFilled size={14} aria-hidden />
                Long enough
              </span>
            )}
          </div>
        </FormSection>
        <FormSection title="Organisation">
          <TextInput
            label="Organisation name"
            autoComplete="organization"
            {...form.getInputProps('organization.name')}
          />
          <TextInput
            label="Primary domain"
            placeholder="acme.example"
            autoCapitalize="off"
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('organization.primaryDomain')}
          />
          <TextInput
            label="Emergency contact"
            description="Used only when this gateway can’t reach you by mail."
            {...form.getInputProps('organization.emergencyContact.name')}
          />
          <div className={stack.pair}>
            <TextInput
              label="Outside address"
              type="email"
              {...form.getInputProps('organization.emergencyContact.email')}
            />
            <TextInput
              label="Phone"
              type="tel"
              {...form.getInputProps('organization.emergencyContact.phone')}
            />
          </div>
        </FormSection>
        <FormSection title="Environment" line="Decides which steps you see.">
          <ChoiceCards
            label="Environment"
            labelHidden
            choices={environments.map((choice) => ({
              ...choice,
              mark: choice.value === proposed ? 'found' : null,
            }))}
            value={organization.environment}
            onChange={(environment) => {
              form.setTouched((touched) => ({ ...touched, 'organization.environment': true }))
              form.setFieldValue('organization.environment', environment)
            }}
          />
          {wrongEnvironment && (
            <p className="mantine-InputWrapper-error" role="alert">
              {wrongEnvironment}
            </p>
          )}
        </FormSection>
        {create.error && (
          <PanelBody>
            <ProblemNote error={create.error} focus />
          </PanelBody>
        )}
        <PanelFoot>
          <span>{organization.primaryDomain && `Next: validate ${organization.primaryDomain}`}</span>
          <Button
            type="submit"
            loading={create.isPending}
            rightSection={<IconArrowRight size={16} aria-hidden />}
          >
            Create and continue
          </Button>
        </PanelFoot>
      </form>
      <Evidence proposal={proposal} domain={organization.primaryDomain} />
    </div>
  )
}
