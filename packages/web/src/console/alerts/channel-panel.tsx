// Where word of alerts goes: webhook with its signature, mail, escalation, and a test of all of it.

import { type AlertChannel, type AlertKind, alertKinds } from '@gatepost/contract/alert.ts'
import { Button, MultiSelect, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
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

const ESCALATE = ['15', '30', '60', '240', 'never'] as const

type Props = { readonly tenant: string; readonly may: boolean }

export function ChannelPanel({ tenant, may }: Props) {
  const t = useWords('alerts')
  const calls = alertCallsOf(tenant)
  const { data, error } = useEndpoint(calls.channel, { params: { tenant } }, { refetchInterval: READ_MS })
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  return (
    <div className={stack.stack}>
      <Panel title={t('channel.title')} flush>
        {data.webhook === null && data.mailCrossesUs && (
          <PanelBody>
            <Note tone="warn" title={t('channel.alone')}>
              {t('channel.aloneMeans')}
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
  const t = useWords('alerts')
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
            label={t('channel.webhook')}
            description={t('channel.webhookMeans')}
            placeholder="https://hooks.example/gatepost"
            disabled={!may}
            {...form.getInputProps('webhookUrl')}
          />
          {channel.webhook && <SecretLine {...{ tenant, may, calls, channel }} />}
          {save.data?.secret && <ShownSecret secret={save.data.secret} />}
          <TextInput
            label={t('channel.mail')}
            description={t('channel.empty', { usual: usualOf(channel) ?? t('channel.contact') })}
            placeholder="duty@elsewhere.example"
            disabled={!may}
            {...form.getInputProps('email')}
          />
          <Select
            label={t('channel.escalate')}
            data={ESCALATE.map((value) => ({ value, label: t(`escalate.${value}`) }))}
            allowDeselect={false}
            disabled={!may}
            {...form.getInputProps('escalate')}
          />
          <TextInput
            label={t('channel.escalateTo')}
            description={t('channel.besides')}
            placeholder="boss@elsewhere.example"
            disabled={!may}
            {...form.getInputProps('escalateTo')}
          />
          <MultiSelect
            label={t('channel.silenced')}
            description={t('channel.silencedMeans')}
            data={Object.keys(alertKinds).map((value) => ({ value, label: t(`kind.${value}`) }))}
            disabled={!may}
            {...form.getInputProps('silenced')}
          />
          {save.error && <ProblemNote error={save.error} focus />}
          {may && (
            <div className={stack.row}>
              <Button type="submit" loading={save.isPending}>
                {t('channel.save')}
              </Button>
              {save.isSuccess && <span className="small tx2">{t('channel.saved')}</span>}
            </div>
          )}
        </div>
      </PanelBody>
    </form>
  )
}

/** Whom mail goes to where no address is set. */
function usualOf({ email, mailsTo }: AlertChannel): string | null {
  return email === null && mailsTo.length > 0 ? mailsTo.join(', ') : null
}

function SecretLine({ tenant, may, calls, channel }: PartProps) {
  const t = useWords('alerts')
  const confirm = useConfirm()
  const renew = useAction(calls.renewSecret, { readAgain: [calls.channel] })
  const setAt = channel.webhook?.secretSetAt ?? null
  const ask = async () => {
    const agreed = await confirm({
      title: t('secret.needs'),
      body: t('secret.needsMeans'),
      act: t('secret.make'),
    })
    if (agreed) renew.mutate({ params: { tenant } })
  }
  return (
    <div className={stack.tight}>
      <div className={stack.row}>
        <span className="small tx2">
          {setAt === null ? t('secret.notSet') : rich(t, 'secret.set', { time: <RelativeTime at={setAt} /> })}
        </span>
        {may && (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => void ask()}>
            {t('secret.new')}
          </Button>
        )}
      </div>
      {renew.data?.secret && <ShownSecret secret={renew.data.secret} />}
      {renew.error && <ProblemNote error={renew.error} />}
    </div>
  )
}

function ShownSecret({ secret }: { readonly secret: string }) {
  const t = useWords('alerts')
  return (
    <SecretNote title={t('secret.title')} value={secret} copy={t('secret.copy')}>
      {t('secret.enter')}
    </SecretNote>
  )
}

function TestPanel({ tenant, may, calls, channel }: PartProps) {
  const t = useWords('alerts')
  const test = useAction(calls.test, { readAgain: [calls.channel] })
  return (
    <Panel title={t('last.title')} flush>
      <PanelBody>
        <div className={stack.stack}>
          {may && (
            <div className={stack.row}>
              <Button
                variant="default"
                loading={test.isPending}
                onClick={() => test.mutate({ params: { tenant } })}
              >
                {t('last.test')}
              </Button>
              <span className="small tx2">{t('last.through')}</span>
            </div>
          )}
          {test.error && <ProblemNote error={test.error} />}
          {channel.lastSends.length === 0 ? (
            <p className="tx2">{t('last.nothing')}</p>
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
