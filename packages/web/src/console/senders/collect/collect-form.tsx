// What a collection is told: where sent mail is, since when, and by whose right it is read.
import { listContactRuns, type StartContacts, startContacts } from '@gatepost/contract/contacts.ts'
import { Button, Checkbox, NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { FormSection } from '#shared/form-section.tsx'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { sourceWords } from './collect-words.ts'

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
      <FormSection title="Source" line="Addresses and dates are read, never what was written.">
        <ChoiceCards
          label="Where sent mail is"
          labelHidden
          columns={1}
          value={source}
          onChange={(next) => form.setFieldValue('source', next)}
          choices={(Object.keys(sourceWords) as Source[]).map((value) => ({ value, ...sourceWords[value] }))}
        />
      </FormSection>
      {source !== 'gateway' && (
        <FormSection title="Right to read" line="Sealed, used by this collection alone, and gone at its end.">
          <Right form={form} connectors={connectors} />
        </FormSection>
      )}
      {(source === 'graph-sent' || source === 'gmail') && (
        <FormSection title="Address books" line="Whom somebody keeps as a contact counts as one letter.">
          <Checkbox
            label="Read address books, too"
            description={
              source === 'gmail'
                ? 'Authorise contacts.readonly for the service account, and switch the People API on.'
                : 'Give the app the application permission Contacts.Read.'
            }
            {...form.getInputProps('contacts', { type: 'checkbox' })}
          />
        </FormSection>
      )}
      <FormSection title="Since" line="Older mail does not count. Empty for all there is.">
        <TextInput label="First day" placeholder="2025-11-22" {...form.getInputProps('since')} />
      </FormSection>
      <div className={stack.row}>
        <Button type="submit" loading={start.isPending}>
          Collect
        </Button>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}

function Right({ form, connectors }: { readonly form: Form; readonly connectors: readonly Connector[] }) {
  const { source, connectorId } = form.values
  if (source === 'imap') return <ImapFields form={form} />
  const kind = source === 'gmail' ? 'google' : 'entra'
  const lending = connectors.filter((connector) => connector.kind === kind)
  return (
    <>
      {lending.length > 0 && (
        <NativeSelect
          label="Credentials"
          description="A directory connector can lend its own where it has the permission."
          data={[
            { value: '', label: 'Of their own' },
            ...lending.map(({ id, name }) => ({ value: id, label: `Those of ${name}` })),
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
  return (
    <>
      <TextInput
        label="Tenant"
        placeholder="acme.onmicrosoft.com"
        required
        {...form.getInputProps('tenantDomain')}
      />
      <TextInput label="Application (client) ID" required {...form.getInputProps('clientId')} />
      <PasswordInput
        label="Client secret"
        description="The value, not its ID."
        required
        autoComplete="off"
        {...form.getInputProps('secret')}
      />
      <NativeSelect
        label="Cloud"
        data={[
          { value: 'global', label: 'Global' },
          { value: 'us-government', label: 'US government' },
          { value: 'us-dod', label: 'US DoD' },
          { value: 'china', label: 'China' },
        ]}
        {...form.getInputProps('cloud')}
      />
    </>
  )
}

function GoogleFields({ form }: { readonly form: Form }) {
  return (
    <>
      <TextInput
        label="Administrator"
        description="In whose name the users are listed."
        required
        {...form.getInputProps('adminEmail')}
      />
      <Textarea
        label="Service account key"
        description="The whole JSON file. Authorise gmail.metadata for its client id."
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
  return (
    <>
      <TextInput label="Server" placeholder="mail.acme.example" required {...form.getInputProps('host')} />
      <NativeSelect
        label="Encryption"
        data={[
          { value: 'tls', label: 'TLS (993)' },
          { value: 'start-tls', label: 'STARTTLS (143)' },
          { value: 'none', label: 'None: the password goes in clear' },
        ]}
        {...form.getInputProps('encryption')}
      />
      <TextInput label="Port" inputMode="numeric" required {...form.getInputProps('port')} />
      <TextInput
        label="Master account"
        description="It signs in for every user of this organisation: user*master, as Dovecot takes it."
        required
        autoComplete="off"
        {...form.getInputProps('masterName')}
      />
      <PasswordInput label="Its password" required autoComplete="off" {...form.getInputProps('secret')} />
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
