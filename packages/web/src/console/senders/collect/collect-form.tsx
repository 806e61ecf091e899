// What a collection is told: where sent mail is, since when, and by whose right it is read.

import { listContactRuns, type StartContacts, startContacts } from '@gatepost/contract/contacts.ts'
import { Button, Checkbox, NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { FormSection } from '#shared/form-section.tsx'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { sourceWordsOf } from './collect-words.ts'

type Connector = { readonly id: string; readonly name: string; readonly kind: 'entra' | 'google' }
type Source = StartContacts['source']

type Values = {
  source: Source
  since: string
  connectorId: string
  tenantDomain: string
  clientId: string
  cloud: 'global' | 'us-government' | 'us-dod' | 'china'
  adminEmail: string
  host: string
  port: string
  encryption: 'tls' | 'start-tls' | 'none'
  masterName: string
  secret: string
  contacts: boolean
}
type Form = UseFormReturnType<Values>

const empty: Values = {
  contacts: false,
  source: 'gateway',
  since: '',
  connectorId: '',
  tenantDomain: '',
  clientId: '',
  cloud: 'global',
  adminEmail: '',
  host: '',
  port: '993',
  encryption: 'tls',
  masterName: '',
  secret: '',
}

type Props = { readonly connectors: readonly Connector[]; readonly onClose: () => void }

export function CollectForm({ connectors, onClose }: Props) {
  const t = useWords('senders')
  const tenant = useSlug()
  const start = useAction(startContacts, { readAgain: [listContactRuns], onDone: onClose })
  const form = useForm<Values>({ initialValues: empty })
  const { source } = form.values
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => start.mutate({ params: { tenant }, body: bodyOf(values) }))}
    >
      {start.error && <ProblemNote error={start.error} focus />}
      <FormSection title={t('collectForm.source')} line={t('collectForm.addressesAndDatesAreRead')}>
        <ChoiceCards
          label={t('collectForm.whereSentMailIs')}
          labelHidden
          columns={1}
          value={source}
          onChange={(next) => form.setFieldValue('source', next)}
          choices={(Object.keys(sourceWordsOf(t)) as Source[]).map((value) => ({
            value,
            ...sourceWordsOf(t)[value],
          }))}
        />
      </FormSection>
      {source !== 'gateway' && (
        <FormSection title={t('collectForm.rightToRead')} line={t('collectForm.sealedUsedByThisCollection')}>
          <Right form={form} connectors={connectors} />
        </FormSection>
      )}
      {(source === 'graph-sent' || source === 'gmail') && (
        <FormSection title={t('collectForm.addressBooks')} line={t('collectForm.whomSomebodyKeepsAsA')}>
          <Checkbox
            label={t('collectForm.readAddressBooksToo')}
            description={
              source === 'gmail'
                ? t('collectForm.authoriseContactsReadonly')
                : t('collectForm.giveTheAppTheApplication')
            }
            {...form.getInputProps('contacts', { type: 'checkbox' })}
          />
        </FormSection>
      )}
      <FormSection title={t('collectForm.since')} line={t('collectForm.olderMailDoesNotCountEmpty')}>
        <TextInput
          label={t('collectForm.firstDay')}
          placeholder="2025-11-22"
          {...form.getInputProps('since')}
        />
      </FormSection>
      <div className={stack.row}>
        <Button type="submit" loading={start.isPending}>
          {t('collectForm.collect')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('collectForm.cancel')}
        </Button>
      </div>
    </form>
  )
}

function Right({ form, connectors }: { readonly form: Form; readonly connectors: readonly Connector[] }) {
  const t = useWords('senders')
  const { source, connectorId } = form.values
  if (source === 'imap') return <ImapFields form={form} />
  const kind = source === 'gmail' ? 'google' : 'entra'
  const lending = connectors.filter((connector) => connector.kind === kind)
  return (
    <>
      {lending.length > 0 && (
        <NativeSelect
          label={t('collectForm.credentials')}
          description={t('collectForm.aDirectoryConnectorCanLend')}
          data={[
            { value: '', label: t('collectForm.ofTheirOwn') },
            ...lending.map(({ id, name }) => ({ value: id, label: t('collectForm.thoseOf', { name }) })),
          ]}
          {...form.getInputProps('connectorId')}
        />
      )}
      {connectorId === '' &&
        (source === 'gmail' ? <GoogleFields form={form} /> : <GraphFields form={form} />)}
    </>
  )
}

function GraphFields({ form }: { readonly form: Form }) {
  const t = useWords('senders')
  return (
    <>
      <TextInput
        label={t('collectForm.tenant')}
        placeholder="acme.onmicrosoft.com"
        required
        {...form.getInputProps('tenantDomain')}
      />
      <TextInput label={t('collectForm.applicationClientId')} required {...form.getInputProps('clientId')} />
      <PasswordInput
        label={t('collectForm.clientSecret')}
        description={t('collectForm.theValueNotItsId')}
        required
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': t('collectForm.showIt') }}
        {...form.getInputProps('secret')}
      />
      <NativeSelect
        label={t('collectForm.cloud')}
        data={[
          { value: 'global', label: t('collectForm.global') },
          { value: 'us-government', label: t('collectForm.usGovernment') },
          { value: 'us-dod', label: t('collectForm.usDod') },
          { value: 'china', label: t('collectForm.china') },
        ]}
        {...form.getInputProps('cloud')}
      />
    </>
  )
}

function GoogleFields({ form }: { readonly form: Form }) {
  const t = useWords('senders')
  return (
    <>
      <TextInput
        label={t('collectForm.administrator')}
        description={t('collectForm.inWhoseNameTheUsersAre')}
        required
        {...form.getInputProps('adminEmail')}
      />
      <Textarea
        label={t('collectForm.serviceAccountKey')}
        description={t('collectForm.theWholeJsonFileAuthorise')}
        required
        autosize
        minRows={3}
        maxRows={8}
        {...form.getInputProps('secret')}
      />
    </>
  )
}

function ImapFields({ form }: { readonly form: Form }) {
  const t = useWords('senders')
  return (
    <>
      <TextInput
        label={t('collectForm.server')}
        placeholder="mail.acme.example"
        required
        {...form.getInputProps('host')}
      />
      <NativeSelect
        label={t('collectForm.encryption')}
        data={[
          { value: 'tls', label: t('collectForm.tls993') },
          { value: 'start-tls', label: t('collectForm.starttls143') },
          { value: 'none', label: t('collectForm.noneThePasswordGoesInClear') },
        ]}
        {...form.getInputProps('encryption')}
      />
      <TextInput label={t('collectForm.port')} inputMode="numeric" required {...form.getInputProps('port')} />
      <TextInput
        label={t('collectForm.masterAccount')}
        description={t('collectForm.itSignsInForEveryUserOf')}
        required
        autoComplete="off"
        {...form.getInputProps('masterName')}
      />
      <PasswordInput
        label={t('collectForm.itsPassword')}
        required
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': t('collectForm.showIt') }}
        {...form.getInputProps('secret')}
      />
    </>
  )
}

function bodyOf(values: Values): StartContacts {
  const day = Date.parse(`${values.since.trim()}T00:00:00Z`)
  const since = values.since.trim() === '' || Number.isNaN(day) ? null : day
  const connectorId = values.connectorId === '' ? null : values.connectorId
  const secret = values.secret === '' || connectorId !== null ? null : values.secret
  const { source, tenantDomain, clientId, cloud } = values
  const graph = { since, connectorId, tenantDomain, clientId, cloud, secret }
  switch (source) {
    case 'gateway':
      return { source, since }
    case 'graph-trace':
      return { source, ...graph }
    case 'graph-sent':
      return { source, ...graph, mailboxes: [], contacts: values.contacts }
    case 'gmail':
      return {
        source,
        since,
        connectorId,
        adminEmail: values.adminEmail,
        secret,
        mailboxes: [],
        contacts: values.contacts,
      }
    case 'imap':
      return {
        source,
        since,
        host: values.host,
        port: Number(values.port),
        encryption: values.encryption,
        certificateName: null,
        masterName: values.masterName,
        masterWay: 'separator',
        separator: '*',
        secret: values.secret,
        mailboxes: [],
      }
  }
}
