// The three parts of the set-up form: you, the organisation, its environment.
import type { Environment } from '@gatepost/contract/common.ts'
import { PasswordInput, TextInput } from '@mantine/core'
import { IconCircleCheckFilled } from '@tabler/icons-react'
import { environmentWords } from '#connect/step-words.ts'
import { useWords } from '#i18n/i18n.ts'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { FormSection } from '#shared/form-section.tsx'
import stack from '#shared/stack.module.css'
import { newPassword } from '#shared/validation.ts'
import classes from './entry.module.css'
import type { SetupForm } from './setup-values.ts'

type Props = { readonly form: SetupForm }

export function YouSection({ form }: Props) {
  const words = useWords('entry')
  const enough = newPassword(form.values.administrator.password) === null
  return (
    <FormSection title={words('you')} line={words('firstAdministrator')}>
      <TextInput
        label={words('yourName')}
        autoComplete="name"
        {...form.getInputProps('administrator.name')}
      />
      <TextInput
        label={words('workAddress')}
        type="email"
        autoComplete="username"
        {...form.getInputProps('administrator.email')}
      />
      <div>
        <PasswordInput
          label={words('password')}
          description={words('passwordRule')}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': words('showTyped') }}
          {...form.getInputProps('administrator.password')}
        />
        {enough && (
          <span className={classes.rule}>
            <IconCircleCheckFilled size={14} aria-hidden />
            {words('longEnough')}
          </span>
        )}
      </div>
    </FormSection>
  )
}

export function OrganizationSection({ form }: Props) {
  const words = useWords('entry')
  return (
    <FormSection title={words('organisation')}>
      <TextInput
        label={words('organisationName')}
        autoComplete="organization"
        {...form.getInputProps('organization.name')}
      />
      <TextInput
        label={words('primaryDomain')}
        placeholder="acme.example"
        autoCapitalize="off"
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('organization.primaryDomain')}
      />
      <TextInput
        label={words('emergency')}
        description={words('emergencyMeans')}
        {...form.getInputProps('organization.emergencyContact.name')}
      />
      <div className={stack.pair}>
        <TextInput
          label={words('outsideAddress')}
          type="email"
          {...form.getInputProps('organization.emergencyContact.email')}
        />
        <TextInput
          label={words('phone')}
          type="tel"
          {...form.getInputProps('organization.emergencyContact.phone')}
        />
      </div>
    </FormSection>
  )
}

const environments = Object.keys(environmentWords) as Environment[]

type EnvironmentProps = Props & { readonly proposed: Environment | null }

export function EnvironmentSection({ form, proposed }: EnvironmentProps) {
  const words = useWords('entry')
  const connectWords = useWords('connect')
  const wrong = form.errors['organization.environment']
  const choices = environments.map((value) => ({
    value,
    label: connectWords(`environments.${value}`, environmentWords[value]),
    mark: value === proposed ? words('found') : null,
  }))
  const choose = (environment: Environment) => {
    form.setTouched((touched) => ({ ...touched, 'organization.environment': true }))
    form.setFieldValue('organization.environment', environment)
  }
  return (
    <FormSection title={words('environment')} line={words('environmentMeans')}>
      <ChoiceCards
        label={words('environment')}
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
