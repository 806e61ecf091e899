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
import { environmentWords, useEnvironmentWord } from '#connect/step-words.ts'
import { useWords } from '#i18n/i18n.ts'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { FormSection } from '#shared/form-section.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { useUnsaved } from '#shared/unsaved.ts'
import { address, filled, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'
import { LiveLine } from './live-line.tsx'

export const environments = Object.keys(environmentWords) as readonly Environment[]

type Change = z.input<(typeof updateTenant)['body']>

export function OrganizationForm() {
  const tenant = useSlug()
  const { data, error } = useEndpoint(getTenant, { params: { tenant } })
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  return <Filled key={data.id} tenant={data} />
}

function Filled({ tenant }: { readonly tenant: Tenant }) {
  const t = useWords('settings')
  const environmentWord = useEnvironmentWord()
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
      name: filled(t('organizationForm.theNameOfTheOrganisation')),
      emergencyContact: { name: filled(t('organizationForm.whoToReach')), email: address },
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
        <FormSection title={t('organizationForm.organisation')}>
          <TextInput
            label={t('organizationForm.organisationName')}
            disabled={!may}
            {...form.getInputProps('name')}
          />
          <Switch
            label={t('organizationForm.onlyInboundMailPasses')}
            description={t('organizationForm.thenSettingUpOutboundEmail')}
            disabled={!may}
            {...form.getInputProps('inboundOnly', { type: 'checkbox' })}
          />
        </FormSection>
        <FormSection
          title={t('organizationForm.environment')}
          line={t('organizationForm.decidesWhichStepsAnd')}
        >
          <ChoiceCards
            label={t('organizationForm.environment')}
            labelHidden
            disabled={!may}
            choices={environments.map((value) => ({ value, label: environmentWord(value) }))}
            value={form.values.environment}
            onChange={(environment) => form.setFieldValue('environment', environment)}
          />
        </FormSection>
        <FormSection
          title={t('organizationForm.emergencyContact')}
          line={t('organizationForm.usedOnlyWhenWeCantReachYou')}
        >
          <TextInput
            label={t('organizationForm.contactName')}
            disabled={!may}
            {...form.getInputProps('emergencyContact.name')}
          />
          <div className={stack.pair}>
            <TextInput
              label={t('organizationForm.outsideAddress')}
              type="email"
              disabled={!may}
              {...form.getInputProps('emergencyContact.email')}
            />
            <TextInput
              label={t('organizationForm.phone')}
              type="tel"
              disabled={!may}
              {...form.getInputProps('emergencyContact.phone')}
            />
          </div>
        </FormSection>
        <FormSection
          title={t('organizationForm.postmaster')}
          line={t('organizationForm.mailForPostmasterAndAbuse')}
        >
          <TextInput
            label={t('organizationForm.postmastersAddress')}
            description={t('organizationForm.inOneOfYourDomainsSuchAs', {
              primaryDomain: tenant.primaryDomain,
            })}
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
              {t('organizationForm.saveOrganisation')}
            </Button>
          </PanelFoot>
        )}
      </Panel>
    </form>
  )
}
