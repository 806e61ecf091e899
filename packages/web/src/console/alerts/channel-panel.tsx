// Where word of alerts goes: webhook with its signature, mail, escalation, and a test of all of it.
import { type AlertChannel, type AlertKind, alertKinds } from '@gatepost/contract/alert.ts'
import { Button, MultiSelect, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SecretNote } from '#shared/secret-note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { address, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'
import { type AlertCalls, alertCallsOf } from './alert-calls.ts'
import { SendLines } from './send-lines.tsx'

const READ_MS = 10_000

const ESCALATE = [
  { value: '15', label: 'After 15 minutes' },
  { value: '30', label: 'After 30 minutes' },
  { value: '60', label: 'After an hour' },
  { value: '240', label: 'After 4 hours' },
  { value: 'never', label: 'Never' },
]
const kinds = Object.entries(alertKinds).map(([value, label]) => ({ value, label }))

type Props = { readonly tenant: string; readonly may: boolean }

export function ChannelPanel({ tenant, may }: Props) {
  const calls = alertCallsOf(tenant)
  const { data, error } = useEndpoint(calls.channel, { params: { tenant } }, { refetchInterval: READ_MS })
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  return (
    <div className={stack.stack}>
      <Panel title="Where word goes" flush>
        {data.webhook === null && data.mailCrossesUs && (
          <PanelBody>
            <Note tone="warn" title="Mail alone would come through this gateway">
              When it stands still, nobody is told. Add a webhook, or a mail address elsewhere.
            </Note>
          </PanelBody>
        )}
        <ChannelForm {...{ tenant, may, calls }} channel={data} />
      </Panel>
      <TestPanel {...{ tenant, may, calls }} channel={data} />
    </div>
  )
}

type PartProps = Props & { readonly calls: AlertCalls; readonly channel: AlertChannel }

function ChannelForm({ tenant, may, calls, channel }: PartProps) {
  const save = useAction(calls.setChannel, { readAgain: [calls.channel] })
  const form = useForm({
    initialValues: {
      webhookUrl: channel.webhook?.url ?? '',
      email: channel.email ?? '',
      escalateTo: channel.escalateTo ?? '',
      escalate: channel.escalateMinutes === null ? 'never' : String(channel.escalateMinutes),
      silenced: [...channel.silenced] as string[],
    },
    validate: { email: orEmpty(address), escalateTo: orEmpty(address) },
  })
  useFieldErrors(form, save.error)
  const submit = form.onSubmit(({ webhookUrl, email, escalateTo, escalate, silenced }) => {
    const body = {
      webhookUrl: orNull(webhookUrl),
      email: orNull(email),
      escalateTo: orNull(escalateTo),
      escalateMinutes: escalate === 'never' ? null : Number(escalate),
      silenced: silenced as AlertKind[],
    }
    save.mutate({ params: { tenant }, body })
  }, focusFirstWrong)
  return (
    <form noValidate onSubmit={submit}>
      <PanelBody>
        <div className={stack.stack}>
          <TextInput
            label="Webhook"
            description="A signed POST to a chat, a pager or a script: a way that does not cross this gateway."
            placeholder="https://hooks.example/gatepost"
            disabled={!may}
            {...form.getInputProps('webhookUrl')}
          />
          {channel.webhook && <SecretLine {...{ tenant, may, calls, channel }} />}
          {save.data?.secret && <ShownSecret secret={save.data.secret} />}
          <TextInput
            label="Mail address"
            description={`Empty: ${usualOf(channel)}.`}
            placeholder="duty@elsewhere.example"
            disabled={!may}
            {...form.getInputProps('email')}
          />
          <Select
            label="Escalate critical alerts that nobody acknowledged"
            data={ESCALATE}
            allowDeselect={false}
            disabled={!may}
            {...form.getInputProps('escalate')}
          />
          <TextInput
            label="Escalate to"
            description="Told besides the address above."
            placeholder="boss@elsewhere.example"
            disabled={!may}
            {...form.getInputProps('escalateTo')}
          />
          <MultiSelect
            label="Send nothing about"
            description="These are listed here all the same."
            data={kinds}
            disabled={!may}
            {...form.getInputProps('silenced')}
          />
          {save.error && <ProblemNote error={save.error} focus />}
          {may && (
            <div className={stack.row}>
              <Button type="submit" loading={save.isPending}>
                Save
              </Button>
              {save.isSuccess && <span className="small tx2">Saved</span>}
            </div>
          )}
        </div>
      </PanelBody>
    </form>
  )
}

/** Whom mail goes to where no address is set. */
function usualOf({ email, mailsTo }: AlertChannel): string {
  return email === null && mailsTo.length > 0 ? mailsTo.join(', ') : 'the emergency contact'
}

function SecretLine({ tenant, may, calls, channel }: PartProps) {
  const confirm = useConfirm()
  const renew = useAction(calls.renewSecret, { readAgain: [calls.channel] })
  const setAt = channel.webhook?.secretSetAt ?? null
  const ask = async () => {
    const agreed = await confirm({
      title: 'The receiver needs the new secret',
      body: 'The old one ends at once. Until the receiver has the new one, it cannot check that it is us.',
      act: 'Make new secret',
    })
    if (agreed) renew.mutate({ params: { tenant } })
  }
  return (
    <div className={stack.tight}>
      <div className={stack.row}>
        <span className="small tx2">
          Secret of the signature{' '}
          {setAt === null ? (
            'not set'
          ) : (
            <>
              set <RelativeTime at={setAt} />
            </>
          )}
        </span>
        {may && (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => void ask()}>
            New secret
          </Button>
        )}
      </div>
      {renew.data?.secret && <ShownSecret secret={renew.data.secret} />}
      {renew.error && <ProblemNote error={renew.error} />}
    </div>
  )
}

function ShownSecret({ secret }: { readonly secret: string }) {
  return (
    <SecretNote title="Secret of the webhook’s signature" value={secret} copy="Copy secret">
      Enter it at the receiver, which checks the header Gatepost-Signature with it. It is shown this once.
    </SecretNote>
  )
}

function TestPanel({ tenant, may, calls, channel }: PartProps) {
  const test = useAction(calls.test, { readAgain: [calls.channel] })
  return (
    <Panel title="Sent last" flush>
      <PanelBody>
        <div className={stack.stack}>
          {may && (
            <div className={stack.row}>
              <Button
                variant="default"
                loading={test.isPending}
                onClick={() => test.mutate({ params: { tenant } })}
              >
                Send a test
              </Button>
              <span className="small tx2">Through every channel, now.</span>
            </div>
          )}
          {test.error && <ProblemNote error={test.error} />}
          {channel.lastSends.length === 0 ? (
            <p className="tx2">Nothing yet.</p>
          ) : (
            <SendLines sends={channel.lastSends} />
          )}
        </div>
      </PanelBody>
    </Panel>
  )
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim()
}

function orEmpty(check: (value: string) => string | null) {
  return (value: string) => (value.trim() === '' ? null : check(value))
}
