// Hands one step to a colleague: a read-only link that expires, copied or mailed.
import type { ConnectStep } from '@gatepost/contract/connect.ts'
import { listDomains } from '@gatepost/contract/domain.ts'
import { createShare, listShares } from '@gatepost/contract/share.ts'
import { Button, Modal, NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SecretNote } from '#shared/secret-note.tsx'
import stack from '#shared/stack.module.css'
import { address, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'

/** Steps that have values per domain, so that a link may show one alone. */
const PER_DOMAIN: ReadonlySet<string> = new Set(['validate-domains', 'modify-mx', 'outbound'])
const ALL = ''

export function SharePanel({ step }: { readonly step: ConnectStep }) {
  const slug = useSlug()
  const may = useMay('connect:write')
  const words = useWords('connect')
  const [open, setOpen] = useState(false)
  if (!may) return null
  return (
    <Panel title={words('share.title')}>
      <div className={stack.tight}>
        <p className="tx2">{words('share.means')}</p>
        <div className={stack.row}>
          <Button variant="default" onClick={() => setOpen(true)}>
            {words('share.act')}
          </Button>
          <Link className="small" to="/t/$slug/shares" params={{ slug }}>
            {words('share.open')}
          </Link>
        </div>
      </div>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={words('share.dialog', { title: words(`steps.${step.name}`, step.title) })}
        closeButtonProps={{ 'aria-label': words('share.close') }}
        centered
        radius={8}
        size="lg"
      >
        <ShareForm step={step} />
      </Modal>
    </Panel>
  )
}

function ShareForm({ step }: { readonly step: ConnectStep }) {
  const tenant = useSlug()
  const words = useWords('connect')
  const make = useAction(createShare, { readAgain: [listShares] })
  const form = useForm({
    initialValues: { domain: ALL, days: 7, note: '', mailTo: '' },
    validate: { mailTo: (text) => (text.trim() === '' ? null : address(text)) },
  })
  useFieldErrors(form, make.error)
  const submit = ({ domain, mailTo, ...rest }: typeof form.values) => {
    const to = mailTo.trim()
    const body = {
      ...rest,
      step: step.name,
      domain: domain === ALL ? null : domain,
      mailTo: to === '' ? null : to,
    }
    make.mutate({ params: { tenant }, body })
  }
  const mails = form.values.mailTo.trim() !== ''
  return (
    <form noValidate className={stack.stack} onSubmit={form.onSubmit(submit, focusFirstWrong)}>
      {PER_DOMAIN.has(step.name) && <DomainChoice {...form.getInputProps('domain')} />}
      <div className={stack.pair}>
        <NumberInput
          label={words('share.days')}
          min={1}
          max={30}
          allowDecimal={false}
          {...form.getInputProps('days')}
        />
        <TextInput
          label={words('share.mailTo')}
          type="email"
          autoComplete="off"
          {...form.getInputProps('mailTo')}
        />
      </div>
      <Textarea label={words('share.note')} maxLength={500} {...form.getInputProps('note')} />
      {Boolean(make.error) && <ProblemNote error={make.error} focus />}
      {make.data && make.data.link !== null && (
        <SecretNote title={words('share.made')} value={make.data.link} copy={words('share.copy')}>
          {words('share.once')}
        </SecretNote>
      )}
      {make.data && make.data.link === null && (
        <Note tone="ok" role="status" title={words('share.mailed', { address: make.data.share.mailedTo })} />
      )}
      <div>
        <Button type="submit" loading={make.isPending}>
          {words(mails ? 'share.mail' : 'share.make')}
        </Button>
      </div>
    </form>
  )
}

function DomainChoice(props: { readonly value?: string; readonly onChange?: (value: string) => void }) {
  const tenant = useSlug()
  const words = useWords('connect')
  const { data } = useEndpoint(listDomains, { params: { tenant } })
  const names = (data?.items ?? []).map(({ name }) => name)
  if (names.length < 2) return null
  return (
    <Select
      label={words('share.shows')}
      allowDeselect={false}
      data={[{ value: ALL, label: words('share.allDomains') }, ...names]}
      value={props.value ?? ALL}
      onChange={(value) => props.onChange?.(value ?? ALL)}
    />
  )
}
