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
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { FormSection } from '#shared/form-section.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { focusFirstWrong, required } from '#shared/validation.ts'

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
  const tenant = useSlug()
  const create = useAction(createProvider, { readAgain: [getSignInSettings], onDone })
  const update = useAction(updateProvider, { readAgain: [getSignInSettings], onDone })
  const form = useForm<Values>({
    initialValues: valuesOf(provider),
    validate: { name: required('the name people see on the button'), issuer: required('the issuer') },
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
      <FormSection title="Kind" line="Both are as safe; take what your provider offers first.">
        <ChoiceCards
          label="Protocol"
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
          label="Name"
          description="On the button: “Continue with …”."
          maxLength={60}
          {...form.getInputProps('name')}
        />
      </FormSection>
      {kind === 'saml' ? <SamlFields form={form} /> : <OidcFields form={form} isNew={provider === null} />}
      <div className={account.actions}>
        <Button type="submit" loading={create.isPending || update.isPending}>
          {provider === null ? 'Add identity provider' : 'Save'}
        </Button>
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  )
}

function SamlFields({ form }: { readonly form: Form }) {
  return (
    <>
      <Metadata
        onRead={({ issuer, signInUrl, certificates }) =>
          form.setValues({ issuer, signInUrl, certificates: certificates.join('\n') })
        }
      />
      <FormSection title="Settings" line="As its metadata has them.">
        <TextInput label="Entity id of the provider" {...form.getInputProps('issuer')} />
        <TextInput label="Sign-in address (redirect binding)" {...form.getInputProps('signInUrl')} />
        <Textarea
          label="Signing certificates"
          description="PEM or base64; several one below the other while the provider changes them."
          autosize
          minRows={3}
          maxRows={10}
          {...form.getInputProps('certificates')}
        />
        <TextInput
          label="Attribute with the mail address"
          description="Empty takes the name id, or the usual attributes."
          {...form.getInputProps('addressAttribute')}
        />
      </FormSection>
    </>
  )
}

function Metadata({ onRead }: { readonly onRead: (settings: SamlSettings) => void }) {
  const tenant = useSlug()
  const [text, setText] = useState('')
  const read = useAction(readIdpMetadata, { onDone: onRead })
  const isAddress = /^https?:\/\//.test(text.trim())
  const body = isAddress ? { url: text.trim() } : { xml: text }
  return (
    <FormSection title="Metadata" line="Fills the fields below.">
      {read.error && <ProblemNote error={read.error} focus />}
      {read.isSuccess && <Note tone="ok" title="The metadata is read" role="status" />}
      <Textarea
        label="Address of the metadata, or its XML"
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
          Read metadata
        </Button>
      </div>
    </FormSection>
  )
}

function OidcFields({ form, isNew }: { readonly form: Form; readonly isNew: boolean }) {
  return (
    <FormSection title="Settings" line="From the app registration at the provider.">
      <TextInput
        label="Issuer"
        description="Entra ID: https://login.microsoftonline.com/TENANT-ID/v2.0. Google: https://accounts.google.com."
        {...form.getInputProps('issuer')}
      />
      <TextInput label="Client id" {...form.getInputProps('clientId')} />
      <PasswordInput
        label="Client secret"
        description={isNew ? 'Sealed, and never shown again.' : 'Empty keeps the one that is set.'}
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }}
        {...form.getInputProps('secret')}
      />
      <TextInput
        label="Claim with the mail address"
        description="“email”; with Entra ID often “preferred_username”."
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
