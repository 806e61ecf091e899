// When users are told of held mail, of what, in which language, and who is told for shared mailboxes (H4,
// H6).
import {
  DIGEST_LANGUAGES,
  type DigestSettings,
  getDigest,
  sendDigest,
  setDigest,
} from '@gatepost/contract/digest.ts'
import { getHeldSettings } from '@gatepost/contract/held.ts'
import { Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { nameOfLanguage, useWords } from '#i18n/i18n.ts'
import { locale } from '#i18n/language.ts'
import { Facts } from '#shared/facts.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import classes from './held.module.css'
import { classWord } from './held-words.ts'

/** A Monday, from which the days of a week are named. */
const MONDAY = Date.UTC(2024, 0, 1)

function dayNames(): readonly string[] {
  const name = new Intl.DateTimeFormat(locale(), { weekday: 'long', timeZone: 'UTC' })
  return Array.from({ length: 7 }, (_, day) => name.format(MONDAY + day * 86_400_000))
}

export function DigestPage() {
  const t = useWords('held')
  const tenant = useSlug()
  const { data, error } = useEndpoint(getDigest, { params: { tenant } })
  return (
    <Page
      title={t('digest.digest')}
      crumbs={[{ label: t('held.heldMail'), link: <HeldLink /> }]}
      lead={t('digest.aMailThatTellsUsersWhatIs')}
      guide="digest"
    >
      {error && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows rows={6} />}
      {data && (
        <div className={stack.stack}>
          <Form key={data.revision} settings={data} />
          <SendNow />
        </div>
      )}
    </Page>
  )
}

function HeldLink() {
  const t = useWords('held')
  const slug = useSlug()
  return (
    <Link to="/t/$slug/held" params={{ slug }}>
      {t('held.heldMail')}
    </Link>
  )
}

const delegateLines = (delegates: DigestSettings['delegates']): string =>
  delegates.map(({ mailbox, to }) => `${mailbox}: ${to.join(', ')}`).join('\n')

function readDelegates(text: string): DigestSettings['delegates'] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const at = line.indexOf(':')
      const to = (at < 0 ? '' : line.slice(at + 1)).split(/[\s,;]+/).filter((one) => one !== '')
      return { mailbox: (at < 0 ? line : line.slice(0, at)).trim(), to }
    })
}

function Form({ settings }: { readonly settings: DigestSettings }) {
  const t = useWords('held')
  const tenant = useSlug()
  const may = useMay('policies:write')
  const [draft, setDraft] = useState(settings)
  const [times, setTimes] = useState(settings.times.join(', '))
  const [delegates, setDelegates] = useState(delegateLines(settings.delegates))
  const save = useAction(setDigest, { readAgain: [getDigest] })
  const change = (part: Partial<DigestSettings>) => setDraft((before) => ({ ...before, ...part }))
  const submit = () => {
    const { enabled, days, timeZone, language, classes: told } = draft
    const body = {
      enabled,
      days,
      times: times.split(/[\s,;]+/).filter((time) => time !== ''),
      timeZone,
      language,
      classes: told,
      delegates: readDelegates(delegates),
    }
    save.mutate({ params: { tenant }, body, revision: settings.revision })
  }
  return (
    <form
      className={stack.stack}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <When draft={draft} may={may} onChange={change} times={times} onTimes={setTimes} sent={settings.sent} />
      <Told draft={draft} may={may} onChange={change} />
      <Panel title={t('digest.sharedMailboxesAndGroups')}>
        <Textarea
          label={t('digest.whoIsToldForThem')}
          description={t('digest.oneALineSalesAcmeExample')}
          autosize
          minRows={3}
          disabled={!may}
          value={delegates}
          onChange={(event) => setDelegates(event.currentTarget.value)}
        />
      </Panel>
      {save.error && <ProblemNote error={save.error} focus />}
      {save.isSuccess && <Note tone="ok" title={t('held.saved')} role="status" />}
      {may ? (
        <div className={stack.row}>
          <Button type="submit" loading={save.isPending}>
            {t('held.save')}
          </Button>
        </div>
      ) : (
        <p className="small tx2">{t('digest.yourRoleLetsYouLookAt')}</p>
      )}
    </form>
  )
}

type WhenProps = ToldProps & {
  readonly times: string
  readonly onTimes: (times: string) => void
  /** Digests in seven days. */
  readonly sent: number
}

function When({ draft, may, onChange, times, onTimes, sent }: WhenProps) {
  const t = useWords('held')
  return (
    <Panel title={t('digest.when')}>
      <div className={stack.stack}>
        <div className={stack.form}>
          <Checkbox
            disabled={!may}
            checked={draft.enabled}
            onChange={(event) => onChange({ enabled: event.currentTarget.checked })}
            label={t('digest.sendDigests')}
          />
          <fieldset className={stack.tight} style={{ border: 0, padding: 0, margin: 0 }}>
            <legend>{t('digest.days')}</legend>
            <div className={classes.days}>
              {dayNames().map((name, at) => (
                <Checkbox
                  key={name}
                  disabled={!may}
                  label={name}
                  checked={draft.days.includes(at + 1)}
                  onChange={(event) =>
                    onChange({ days: toggledDay(draft.days, at + 1, event.currentTarget.checked) })
                  }
                />
              ))}
            </div>
          </fieldset>
          <TextInput
            label={t('digest.times')}
            description={t('digest.upToSixSuchAs080012001600')}
            required
            disabled={!may}
            value={times}
            onChange={(event) => onTimes(event.currentTarget.value)}
          />
          <TextInput
            label={t('digest.timeZone')}
            description={t('digest.suchAsEuropeBerlin')}
            required
            disabled={!may}
            value={draft.timeZone}
            onChange={(event) => onChange({ timeZone: event.currentTarget.value })}
            rightSectionWidth={110}
            rightSection={
              may && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  onClick={() => onChange({ timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone })}
                >
                  {t('digest.myZone')}
                </Button>
              )
            }
          />
          <NativeSelect
            label={t('digest.language')}
            description={t('digest.usersMayChooseAnotherIn')}
            disabled={!may}
            value={draft.language}
            onChange={(event) => onChange({ language: event.currentTarget.value as never })}
            data={DIGEST_LANGUAGES.map((value) => ({ value, label: nameOfLanguage(value) }))}
          />
        </div>
        <Facts
          rows={[
            [
              t('digest.next'),
              draft.nextAt === null ? t('digest.notPlanned') : <FullTime key="next" at={draft.nextAt} />,
            ],
            [
              t('digest.last'),
              draft.lastSentAt === null ? (
                t('digest.noneYet')
              ) : (
                <RelativeTime key="last" at={draft.lastSentAt} />
              ),
            ],
            [t('digest.inSevenDays'), t('digest.digests', { count: sent })],
          ]}
        />
      </div>
    </Panel>
  )
}

function toggledDay(days: readonly number[], day: number, on: boolean): number[] {
  const rest = days.filter((one) => one !== day)
  return on ? [...rest, day].sort() : rest
}

type ToldProps = {
  readonly draft: DigestSettings
  readonly may: boolean
  readonly onChange: (part: Partial<DigestSettings>) => void
}

function Told({ draft, may, onChange }: ToldProps) {
  const t = useWords('held')
  const tenant = useSlug()
  const { data } = useEndpoint(getHeldSettings, { params: { tenant } })
  return (
    <Panel title={t('digest.whatIsInIt')}>
      <div className={stack.tight}>
        {data?.classes.map(({ class: name, name: label, user }) => (
          <Checkbox
            key={name}
            disabled={!may}
            checked={draft.classes.includes(name)}
            onChange={(event) => {
              const rest = draft.classes.filter((one) => one !== name)
              onChange({ classes: event.currentTarget.checked ? [...rest, name] : rest })
            }}
            label={classWord(t, name, label)}
            {...(user === 'never' ? { description: t('digest.usersOnlySeeItNothingThey') } : {})}
          />
        ))}
      </div>
    </Panel>
  )
}

function SendNow() {
  const t = useWords('held')
  const tenant = useSlug()
  const may = useMay('policies:write')
  const [mailbox, setMailbox] = useState('')
  const send = useAction(sendDigest, { readAgain: [getDigest] })
  if (!may) return null
  return (
    <Panel title={t('digest.sendOneNow')}>
      <form
        className={stack.form}
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate({ params: { tenant }, body: { mailbox } })
        }}
      >
        <TextInput
          label={t('digest.mailbox')}
          description={t('digest.everythingThatIsHeldForIt')}
          required
          value={mailbox}
          onChange={(event) => setMailbox(event.currentTarget.value)}
        />
        {send.error && <ProblemNote error={send.error} />}
        {send.data && (
          <Note
            tone="ok"
            role="status"
            title={
              send.data.messages === 0
                ? t('digest.nothingIsHeldForItNothing')
                : t('digest.messagesSentTo', { count: send.data.messages, value: send.data.to.join(', ') })
            }
          />
        )}
        <div className={stack.row}>
          <Button type="submit" variant="default" loading={send.isPending}>
            {t('digest.send')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
