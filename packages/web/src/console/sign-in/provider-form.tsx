// The form of an identity provider: SAML by metadata or by hand, OpenID Connect by issuer and client.

import {
  createProvider,
  getSignInSettings,
  type IdentityProvider,
  type ProviderDraft,
  readIdpMetadata,
  type SamlSettings,
  updateProvider,
} from '@gatepost/contract/sign-in-settings.ts'
import { Button, PasswordInput, Textarea, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { useState } from 'react'
import account from '#account/account.module.css'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { FormSection } from '#shared/form-section.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { filled, focusFirstWrong } from '#shared/validation.ts'

type Props = { readonly provider: IdentityProvider | null; readonly onDone: () => void }

type Values = {
  kind: 'saml' | 'oidc'
  name: string
  issuer: string
  signInUrl: string
  certificates: string
  addressAttribute: string
  clientId: string
  addressClaim: string
  secret: string
}
type Form = UseFormReturnType<Values>

export function ProviderForm({ provider, onDone }: Props) {
  const t = useWords('signin')
  const tenant = useSlug()
  const create = useAction(createProvider, { readAgain: [getSignInSettings], onDone })
  const update = useAction(updateProvider, { readAgain: [getSignInSettings], onDone })
  const form = useForm<Values>({
    initialValues: valuesOf(provider),
    validate: { name: filled(t('idp.writeName')), issuer: filled(t('idp.writeIssuer')) },
  })
  const error = create.error ?? update.error
  const submit = (values: Values) => {
    const body = draftOf(values)
    if (provider === null) create.mutate({ params: { tenant }, body })
    else update.mutate({ params: { tenant, provider: provider.id }, body, revision: provider.revision })
  }
  const { kind } = form.values
  return (
    <form noValidate onSubmit={form.onSubmit(submit, focusFirstWrong)}>
      {error && <ProblemNote error={error} focus />}
      <FormSection title={t('idp.kind')} line={t('idp.kindMeans')}>
        <ChoiceCards
          label={t('idp.protocol')}
          labelHidden
          disabled={provider !== null}
          value={kind}
          onChange={(value) => form.setFieldValue('kind', value)}
          choices={[
            { value: 'oidc', label: 'OpenID Connect', means: 'Entra ID, Google, Okta, Keycloak' },
            { value: 'saml', label: 'SAML 2.0', means: 'AD FS, Entra ID, Google Workspace' },
          ]}
        />
        <TextInput
          label={t('name')}
          description={t('idp.button')}
          maxLength={60}
          {...form.getInputProps('name')}
        />
      </FormSection>
      {kind === 'saml' ? <SamlFields form={form} /> : <OidcFields form={form} isNew={provider === null} />}
      <div className={account.actions}>
        <Button type="submit" loading={create.isPending || update.isPending}>
          {provider === null ? t('idp.add') : t('idp.save')}
        </Button>
        <Button variant="default" onClick={onDone}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  )
}

function SamlFields({ form }: { readonly form: Form }) {
  const t = useWords('signin')
  return (
    <>
      <Metadata
        onRead={({ issuer, signInUrl, certificates }) =>
          form.setValues({ issuer, signInUrl, certificates: certificates.join('\n') })
        }
      />
      <FormSection title={t('idp.settings')} line={t('idp.samlMeans')}>
        <TextInput label={t('idp.entity')} {...form.getInputProps('issuer')} />
        <TextInput label={t('idp.signInUrl')} {...form.getInputProps('signInUrl')} />
        <Textarea
          label={t('idp.certificates')}
          description={t('idp.certificatesMeans')}
          autosize
          minRows={3}
          maxRows={10}
          {...form.getInputProps('certificates')}
        />
        <TextInput
          label={t('idp.attribute')}
          description={t('idp.attributeMeans')}
          {...form.getInputProps('addressAttribute')}
        />
      </FormSection>
    </>
  )
}

function Metadata({ onRead }: { readonly onRead: (settings: SamlSettings) => void }) {
  const t = useWords('signin')
  const tenant = useSlug()
  const [text, setText] = useState('')
  const read = useAction(readIdpMetadata, { onDone: onRead })
  const isAddress = /^https?:\/\//.test(text.trim())
  const body = isAddress ? { url: text.trim() } : { xml: text }
  return (
    <FormSection title={t('idp.metadata')} line={t('idp.fills')}>
      {read.error && <ProblemNote error={read.error} focus />}
      {read.isSuccess && <Note tone="ok" title={t('idp.isRead')} role="status" />}
      <Textarea
        label={t('idp.metadataField')}
        placeholder="https://login.microsoftonline.com/…/federationmetadata.xml"
        autosize
        minRows={2}
        maxRows={8}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div>
        <Button
          variant="default"
          loading={read.isPending}
          disabled={text.trim() === ''}
          onClick={() => read.mutate({ params: { tenant }, body })}
        >
          {t('idp.read')}
        </Button>
      </div>
    </FormSection>
  )
}

function OidcFields({ form, isNew }: { readonly form: Form; readonly isNew: boolean }) {
  const t = useWords('signin')
  return (
    <FormSection title={t('idp.settings')} line={t('idp.oidcMeans')}>
      <TextInput
        label={t('idp.issuer')}
        description={t('idp.issuerMeans')}
        {...form.getInputProps('issuer')}
      />
      <TextInput label={t('idp.clientId')} {...form.getInputProps('clientId')} />
      <PasswordInput
        label={t('idp.secret')}
        description={isNew ? t('idp.sealed') : t('idp.keeps')}
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': t('idp.show') }}
        {...form.getInputProps('secret')}
      />
      <TextInput
        label={t('idp.claim')}
        description={t('idp.claimMeans')}
        {...form.getInputProps('addressClaim')}
      />
    </FormSection>
  )
}

function valuesOf(provider: IdentityProvider | null): Values {
  const settings = provider?.settings
  const saml = settings?.kind === 'saml' ? settings : null
  const oidc = settings?.kind === 'oidc' ? settings : null
  return {
    kind: settings?.kind ?? 'oidc',
    name: provider?.name ?? '',
    issuer: settings?.issuer ?? '',
    signInUrl: saml?.signInUrl ?? '',
    certificates: saml?.certificates.join('\n') ?? '',
    addressAttribute: saml?.addressAttribute ?? '',
    clientId: oidc?.clientId ?? '',
    addressClaim: oidc?.addressClaim ?? 'email',
    secret: '',
  }
}

function draftOf(values: Values): ProviderDraft {
  const { kind, name, issuer, secret } = values
  if (kind === 'oidc') {
    const settings = { kind, issuer, clientId: values.clientId, addressClaim: values.addressClaim } as const
    return { name, settings, ...(secret === '' ? {} : { secret }) }
  }
  const { signInUrl, addressAttribute } = values
  const certificates = values.certificates
    .split(/(?<=-----END CERTIFICATE-----)/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return { name, settings: { kind, issuer, signInUrl, certificates, addressAttribute } }
}
