// Makes a trusted service: what it is recognised by, whom it writes as, and what it may do.
import { getConnect } from '@gatepost/contract/connect.ts'
import { listPolicies } from '@gatepost/contract/policy.ts'
import {
  addService,
  type KnownService,
  listServices,
  SERVICE_IDENTITIES,
  type ServiceDraft,
  type ServiceIdentity,
} from '@gatepost/contract/service.ts'
import { getSpoofing } from '@gatepost/contract/spoofing.ts'
import { Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'

export const emptyDraft: ServiceDraft = {
  name: '',
  identity: 'dkim',
  value: '',
  senders: [],
  grants: { permit: true, spoofing: false, displayName: true },
  catalogue: null,
  comment: '',
}

const identitiesOf: (t: Words) => {
  readonly [Name in ServiceIdentity]: { readonly label: string; readonly hint: string }
} = (t) => ({
  dkim: {
    label: t('serviceForm.signingDomainDkim'),
    hint: t('serviceForm.theSurestTheServiceSigns'),
  },
  host: { label: t('serviceForm.verifiedHostName'), hint: t('serviceForm.exactSuffixOrMsSsmxNet') },
  ip: { label: t('serviceForm.ipAddressOrRange'), hint: t('serviceForm.onlyWhereNobodyElseSends') },
  from: { label: t('serviceForm.sender'), hint: t('serviceForm.anAddressOrDomainItCounts') },
})

type Props = {
  readonly draft: ServiceDraft
  readonly catalogue: readonly KnownService[]
  readonly notes: readonly string[]
  readonly onDone: () => void
}

export function ServiceForm({ draft: first, catalogue, notes, onDone }: Props) {
  const t = useWords('protection')
  const tenant = useSlug()
  const [draft, setDraft] = useState(first)
  const [senders, setSenders] = useState(first.senders.join('\n'))
  const change = (part: Partial<ServiceDraft>) => setDraft((before) => ({ ...before, ...part }))
  const add = useAction(addService, {
    readAgain: [listServices, listPolicies, getSpoofing, getConnect],
    onDone,
  })
  const choose = (key: string) => {
    const known = catalogue.find((service) => service.key === key)
    if (known) change({ catalogue: key, name: known.name, identity: known.identity, value: known.value })
    else change({ catalogue: null })
  }
  const submit = () => {
    const lines = senders.split(/[\s,;]+/).filter((sender) => sender !== '')
    add.mutate({ params: { tenant }, body: { draft: { ...draft, senders: lines }, reason: '' } })
  }
  return (
    <Panel title={t('serviceForm.trustAService')} accent>
      <form
        className={stack.form}
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        {notes.length > 0 && (
          <ul className={`${stack.tight} ${stack.plain} tx2 small`}>
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
        {catalogue.length > 0 && (
          <NativeSelect
            label={t('serviceForm.knownService')}
            value={draft.catalogue ?? ''}
            onChange={(event) => choose(event.currentTarget.value)}
            data={[
              { value: '', label: t('serviceForm.anotherOne') },
              ...catalogue.map(({ key, name, about }) => ({ value: key, label: `${name} · ${about}` })),
            ]}
          />
        )}
        <TextInput
          label={t('serviceForm.name')}
          required
          value={draft.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <NativeSelect
          label={t('serviceForm.recognisedBy')}
          value={draft.identity}
          onChange={(event) => change({ identity: event.currentTarget.value as ServiceIdentity })}
          data={SERVICE_IDENTITIES.map((value) => ({ value, label: identitiesOf(t)[value].label }))}
        />
        <TextInput
          label={identitiesOf(t)[draft.identity].label}
          description={identitiesOf(t)[draft.identity].hint}
          required
          value={draft.value}
          onChange={(event) => change({ value: event.currentTarget.value })}
        />
        <Textarea
          label={t('serviceForm.sendersItUses')}
          description={t('serviceForm.addressesOrDomainsOneALine')}
          autosize
          minRows={2}
          value={senders}
          onChange={(event) => setSenders(event.currentTarget.value)}
        />
        <Grants draft={draft} change={change} />
        {add.error && <ProblemNote error={add.error} focus />}
        <div className={stack.row}>
          <Button type="submit" loading={add.isPending}>
            {t('serviceForm.trustThisService')}
          </Button>
          <Button variant="default" onClick={onDone}>
            {t('serviceForm.cancel')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

function Grants({
  draft,
  change,
}: {
  readonly draft: ServiceDraft
  readonly change: (part: Partial<ServiceDraft>) => void
}) {
  const t = useWords('protection')
  const { grants } = draft
  const set = (part: Partial<ServiceDraft['grants']>) => change({ grants: { ...grants, ...part } })
  return (
    <fieldset className={stack.tight} style={{ border: 0, padding: 0, margin: 0 }}>
      <legend className="strong" style={{ padding: 0, marginBottom: 6, fontSize: 13 }}>
        {t('serviceForm.itMay')}
      </legend>
      <Checkbox
        checked={grants.permit}
        onChange={(event) => set({ permit: event.currentTarget.checked })}
        label={t('serviceForm.skipGreylistingAndSpam')}
      />
      <Checkbox
        checked={grants.spoofing}
        onChange={(event) => set({ spoofing: event.currentTarget.checked })}
        label={t('serviceForm.sendWithYourAddressesAs')}
      />
      <Checkbox
        checked={grants.displayName}
        onChange={(event) => set({ displayName: event.currentTarget.checked })}
        label={t('serviceForm.showYourAddressesAndNames')}
      />
    </fieldset>
  )
}
