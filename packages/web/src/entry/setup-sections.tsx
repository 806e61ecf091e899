// The three parts of the set-up form: you, the organisation, its environment.
import type { Environment } from '@gatepost/contract/common.ts'
import { PasswordInput, TextInput } from '@mantine/core'
import { IconCircleCheckFilled } from '@tabler/icons-react'
import { environmentWords } from '#connect/step-words.ts'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { FormSection } from '#shared/form-section.tsx'
import stack from '#shared/stack.module.css'
import { newPassword } from '#shared/validation.ts'
import classes from './entry.module.css'
import type { SetupForm } from './setup-values.ts'

type Props = { readonly form: SetupForm }

export function YouSection({ form }: Props) {
  const enough = newPassword(form.values.administrator.password) === null
  return (
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
  )
}

export function OrganizationSection({ form }: Props) {
  return (
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
        <TextInput label="Phone" type="tel" {...form.getInputProps('organization.emergencyContact.phone')} />
      </div>
    </FormSection>
  )
}

const environments = Object.keys(environmentWords) as Environment[]

type EnvironmentProps = Props & { readonly proposed: Environment | null }

export function EnvironmentSection({ form, proposed }: EnvironmentProps) {
  const wrong = form.errors['organization.environment']
  const choices = environments.map((value) => ({
    value,
    label: environmentWords[value],
    mark: value === proposed ? 'found' : null,
  }))
  const choose = (environment: Environment) => {
    form.setTouched((touched) => ({ ...touched, 'organization.environment': true }))
    form.setFieldValue('organization.environment', environment)
  }
  return (
    <FormSection title="Environment" line="Decides which steps you see.">
      <ChoiceCards
        label="Environment"
        labelHidden
        choices={choices}
        value={form.values.organization.environment}
        onChange={choose}
      />
      {wrong && (
        <p className="mantine-InputWrapper-error" role="alert">
          {wrong}
        </p>
      )}
    </FormSection>
  )
}
