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
  const [open, setOpen] = useState(false)
  if (!may || !step.available) return null
  return (
    <Panel title="Somebody else does this?">
      <div className={stack.tight}>
        <p className="tx2">
          A link shows a colleague the values of this step and whether we see them, without an account.
        </p>
        <div className={stack.row}>
          <Button variant="default" onClick={() => setOpen(true)}>
            Share this step
          </Button>
          <Link className="small" to="/t/$slug/shares" params={{ slug }}>
            Links that are open
          </Link>
        </div>
      </div>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={`Share “${step.title}”`}
        closeButtonProps={{ 'aria-label': 'Close' }}
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
          label="Works for, in days"
          min={1}
          max={30}
          allowDecimal={false}
          {...form.getInputProps('days')}
        />
        <TextInput
          label="Mail it to (optional)"
          type="email"
          autoComplete="off"
          {...form.getInputProps('mailTo')}
        />
      </div>
      <Textarea label="A word to go with it (optional)" maxLength={500} {...form.getInputProps('note')} />
      {Boolean(make.error) && <ProblemNote error={make.error} focus />}
      {make.data && make.data.link !== null && (
        <SecretNote title="The link is made" value={make.data.link} copy="Copy link">
          Copy it now: it is shown this once. Whoever has it sees this step, and nothing else.
        </SecretNote>
      )}
      {make.data && make.data.link === null && (
        <Note tone="ok" role="status" title={`Mailed to ${make.data.share.mailedTo}`} />
      )}
      <div>
        <Button type="submit" loading={make.isPending}>
          {mails ? 'Mail link' : 'Make link'}
        </Button>
      </div>
    </form>
  )
}

function DomainChoice(props: { readonly value?: string; readonly onChange?: (value: string) => void }) {
  const tenant = useSlug()
  const { data } = useEndpoint(listDomains, { params: { tenant } })
  const names = (data?.items ?? []).map(({ name }) => name)
  if (names.length < 2) return null
  return (
    <Select
      label="Shows"
      allowDeselect={false}
      data={[{ value: ALL, label: 'All domains' }, ...names]}
      value={props.value ?? ALL}
      onChange={(value) => props.onChange?.(value ?? ALL)}
    />
  )
}
