// The form of one profile: ways in, second factor, ranges, life of sessions.

import { getConnect } from '@gatepost/contract/connect.ts'
import { listGroups } from '@gatepost/contract/group.ts'
import {
  createProfile,
  getSignInSettings,
  type ProfileDraft,
  type SignInProfile,
  type SignInSettings,
  updateProfile,
} from '@gatepost/contract/sign-in-settings.ts'
import { Button, Checkbox, MultiSelect, NumberInput, Textarea, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import account from '#account/account.module.css'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMe, useSlug } from '#app/session.ts'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { FormSection } from '#shared/form-section.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { focusFirstWrong } from '#shared/validation.ts'
import { linesOf } from './words.ts'

type Props = {
  readonly profile: SignInProfile | null
  readonly settings: SignInSettings
  readonly onDone: () => void
}

type Values = Omit<ProfileDraft, 'trustedRanges' | 'permittedRanges'> & {
  trusted: string
  permitted: string
}
type Form = UseFormReturnType<Values>

export function ProfileForm({ profile, settings, onDone }: Props) {
  const tenant = useSlug()
  const readAgain = [getSignInSettings, getConnect]
  const create = useAction(createProfile, { readAgain, onDone })
  const update = useAction(updateProfile, { readAgain, onDone })
  const form = useForm<Values>({ initialValues: valuesOf(profile, settings) })
  const error = create.error ?? update.error
  const submit = (values: Values) => {
    const body = draftOf(values)
    if (profile === null) create.mutate({ params: { tenant }, body })
    else update.mutate({ params: { tenant, profile: profile.id }, body, revision: profile.revision })
  }
  const isGroups = profile === null || profile.kind === 'groups'
  return (
    <form noValidate onSubmit={form.onSubmit(submit, focusFirstWrong)}>
      {error && <ProblemNote error={error} focus />}
      {isGroups && <WhoSection form={form} />}
      <WaysSection form={form} settings={settings} />
      <FactorSection form={form} profile={profile} />
      <LimitsSection form={form} />
      <div className={account.actions}>
        <Button type="submit" loading={create.isPending || update.isPending}>
          {profile === null ? 'Add profile' : 'Save profile'}
        </Button>
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  )
}

function WhoSection({ form }: { readonly form: Form }) {
  const tenant = useSlug()
  const { data } = useEndpoint(listGroups, { params: { tenant }, query: {} })
  const groups = (data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))
  return (
    <FormSection title="Who" line="Members of these groups.">
      <TextInput label="Name" maxLength={80} {...form.getInputProps('name')} />
      <MultiSelect
        label="Groups"
        description="From your directory, or made under Policies, Groups."
        data={groups}
        searchable
        {...form.getInputProps('groups')}
      />
    </FormSection>
  )
}

function WaysSection({ form, settings }: { readonly form: Form; readonly settings: SignInSettings }) {
  return (
    <FormSection title="Ways in" line="Any of those chosen will do.">
      <Checkbox
        label="Password or passkey held by Gatepost"
        {...form.getInputProps('password', { type: 'checkbox' })}
      />
      <Checkbox
        label="Password of your directory, asked in real time"
        description={settings.hasDirectory ? undefined : 'Connect an LDAP directory first.'}
        disabled={!settings.hasDirectory && !form.values.directory}
        {...form.getInputProps('directory', { type: 'checkbox' })}
      />
      {settings.providers.map(({ id, name, enabled }) => (
        <Checkbox
          key={id}
          label={name}
          description={enabled ? undefined : 'Switched off: test it under Identity providers first.'}
          disabled={!enabled && !form.values.providers.includes(id)}
          checked={form.values.providers.includes(id)}
          onChange={(event) =>
            form.setFieldValue(
              'providers',
              event.currentTarget.checked
                ? [...form.values.providers, id]
                : form.values.providers.filter((one) => one !== id),
            )
          }
        />
      ))}
    </FormSection>
  )
}

function FactorSection({ form, profile }: { readonly form: Form; readonly profile: SignInProfile | null }) {
  const isOperator = useMe()?.operator ?? false
  const isBound = profile?.kind === 'administrators' && !isOperator
  return (
    <FormSection
      title="Second factor"
      line="Besides a password; identity providers ask for their own, passkeys are two in one."
    >
      <ChoiceCards
        label="When it is asked for"
        columns={1}
        disabled={isBound}
        value={form.values.secondFactor}
        onChange={(value) => form.setFieldValue('secondFactor', value)}
        choices={[
          { value: 'always', label: 'Always' },
          { value: 'outside', label: 'Outside of trusted ranges' },
          { value: 'never', label: 'Only from those who have one' },
        ]}
      />
      {isBound && (
        <p className="small tx2">Only an operator of the installation may ask less of administrators.</p>
      )}
      {form.values.secondFactor === 'outside' && (
        <Textarea
          label="Trusted ranges"
          description="One address or range on each line, such as 203.0.113.0/24."
          autosize
          minRows={2}
          {...form.getInputProps('trusted')}
        />
      )}
      {form.values.secondFactor !== 'never' && (
        <NumberInput
          label="Days to add one"
          description="From the first sign-in on; afterwards it is asked for before anything else."
          min={0}
          max={90}
          {...form.getInputProps('graceDays')}
        />
      )}
    </FormSection>
  )
}

function LimitsSection({ form }: { readonly form: Form }) {
  return (
    <FormSection title="Limits" line="From where, and for how long.">
      <Textarea
        label="Permitted ranges"
        description="Nobody signs in from anywhere else; empty permits all. Wrong passwords from outside lock nobody out."
        autosize
        minRows={2}
        {...form.getInputProps('permitted')}
      />
      <NumberInput
        label="Minutes unused until a session ends"
        min={5}
        max={43_200}
        {...form.getInputProps('idleMinutes')}
      />
      <NumberInput
        label="Hours until it ends in any case"
        min={1}
        max={2_160}
        {...form.getInputProps('sessionHours')}
      />
    </FormSection>
  )
}

function valuesOf(profile: SignInProfile | null, settings: SignInSettings): Values {
  const base = profile ?? settings.profiles.find(({ kind }) => kind === 'default')!
  const { password, directory, providers, secondFactor, graceDays, idleMinutes, sessionHours } = base
  return {
    name: profile?.name ?? '',
    groups: profile?.groups.map(({ id }) => id) ?? [],
    password,
    directory,
    providers: [...providers],
    secondFactor,
    graceDays,
    idleMinutes,
    sessionHours,
    trusted: base.trustedRanges.join('\n'),
    permitted: base.permittedRanges.join('\n'),
  }
}

function draftOf({ trusted, permitted, ...values }: Values): ProfileDraft {
  return { ...values, trustedRanges: linesOf(trusted), permittedRanges: linesOf(permitted) }
}
