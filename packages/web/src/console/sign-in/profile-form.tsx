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
import { useWords } from '#i18n/i18n.ts'
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
  const t = useWords('signin')
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
          {profile === null ? t('form.add') : t('form.save')}
        </Button>
        <Button variant="default" onClick={onDone}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  )
}

function WhoSection({ form }: { readonly form: Form }) {
  const t = useWords('signin')
  const tenant = useSlug()
  const { data } = useEndpoint(listGroups, { params: { tenant }, query: {} })
  const groups = (data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))
  return (
    <FormSection title={t('form.who')} line={t('form.members')}>
      <TextInput label={t('name')} maxLength={80} {...form.getInputProps('name')} />
      <MultiSelect
        label={t('form.groups')}
        description={t('form.groupsMeans')}
        data={groups}
        searchable
        {...form.getInputProps('groups')}
      />
    </FormSection>
  )
}

function WaysSection({ form, settings }: { readonly form: Form; readonly settings: SignInSettings }) {
  const t = useWords('signin')
  return (
    <FormSection title={t('form.ways')} line={t('form.waysMeans')}>
      <Checkbox label={t('form.own')} {...form.getInputProps('password', { type: 'checkbox' })} />
      <Checkbox
        label={t('form.directory')}
        description={settings.hasDirectory ? undefined : t('form.noDirectory')}
        disabled={!settings.hasDirectory && !form.values.directory}
        {...form.getInputProps('directory', { type: 'checkbox' })}
      />
      {settings.providers.map(({ id, name, enabled }) => (
        <Checkbox
          key={id}
          label={name}
          description={enabled ? undefined : t('form.off')}
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
  const t = useWords('signin')
  const isOperator = useMe()?.operator ?? false
  const isBound = profile?.kind === 'administrators' && !isOperator
  return (
    <FormSection title={t('factor')} line={t('form.factorMeans')}>
      <ChoiceCards
        label={t('form.when')}
        columns={1}
        disabled={isBound}
        value={form.values.secondFactor}
        onChange={(value) => form.setFieldValue('secondFactor', value)}
        choices={[
          { value: 'always', label: t('form.always') },
          { value: 'outside', label: t('form.outside') },
          { value: 'never', label: t('form.only') },
        ]}
      />
      {isBound && <p className="small tx2">{t('form.bound')}</p>}
      {form.values.secondFactor === 'outside' && (
        <Textarea
          label={t('trusted')}
          description={t('form.trustedMeans')}
          autosize
          minRows={2}
          {...form.getInputProps('trusted')}
        />
      )}
      {form.values.secondFactor !== 'never' && (
        <NumberInput
          label={t('form.days')}
          description={t('form.daysMeans')}
          min={0}
          max={90}
          {...form.getInputProps('graceDays')}
        />
      )}
    </FormSection>
  )
}

function LimitsSection({ form }: { readonly form: Form }) {
  const t = useWords('signin')
  return (
    <FormSection title={t('form.limits')} line={t('form.limitsMeans')}>
      <Textarea
        label={t('form.permitted')}
        description={t('form.permittedMeans')}
        autosize
        minRows={2}
        {...form.getInputProps('permitted')}
      />
      <NumberInput label={t('form.idle')} min={5} max={43_200} {...form.getInputProps('idleMinutes')} />
      <NumberInput label={t('form.hours')} min={1} max={2_160} {...form.getInputProps('sessionHours')} />
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
