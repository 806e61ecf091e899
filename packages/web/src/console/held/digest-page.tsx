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
import { nameOfLanguage } from '#i18n/i18n.ts'
import { Facts } from '#shared/facts.tsx'
import { plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import classes from './held.module.css'

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const LEAD =
  'A mail that tells users what is held for them. Each message is told of once; ' +
  'its links need a click on a page, which no scanner makes.'
const DELEGATES =
  'One a line: sales@acme.example: ann@acme.example, bob@acme.example. ' +
  'Mail for an alias goes to its user without an entry here.'

export function DigestPage() {
  const tenant = useSlug()
  const { data, error } = useEndpoint(getDigest, { params: { tenant } })
  return (
    <Page title="Digest" crumbs={[{ label: 'Held mail', link: <HeldLink /> }]} lead={LEAD} guide="digest">
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
  const slug = useSlug()
  return (
    <Link to="/t/$slug/held" params={{ slug }}>
      Held mail
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
    save.mutate({ params: { tenant }, body })
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
      <Panel title="Shared mailboxes and groups">
        <Textarea
          label="Who is told for them"
          description={DELEGATES}
          autosize
          minRows={3}
          disabled={!may}
          value={delegates}
          onChange={(event) => setDelegates(event.currentTarget.value)}
        />
      </Panel>
      {save.error && <ProblemNote error={save.error} focus />}
      {save.isSuccess && <Note tone="ok" title="Saved" role="status" />}
      {may ? (
        <div className={stack.row}>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </div>
      ) : (
        <p className="small tx2">Your role lets you look at digests, not change them.</p>
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
  return (
    <Panel title="When">
      <div className={stack.form}>
        <Checkbox
          disabled={!may}
          checked={draft.enabled}
          onChange={(event) => onChange({ enabled: event.currentTarget.checked })}
          label="Send digests"
        />
        <fieldset className={stack.tight} style={{ border: 0, padding: 0, margin: 0 }}>
          <legend>Days</legend>
          <div className={classes.days}>
            {DAYS.map((name, at) => (
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
          label="Times"
          description="Up to six, such as 08:00, 12:00, 16:00"
          required
          disabled={!may}
          value={times}
          onChange={(event) => onTimes(event.currentTarget.value)}
        />
        <TextInput
          label="Time zone"
          description="Such as Europe/Berlin"
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
                My zone
              </Button>
            )
          }
        />
        <NativeSelect
          label="Language"
          description="Users may choose another in their portal."
          disabled={!may}
          value={draft.language}
          onChange={(event) => onChange({ language: event.currentTarget.value as never })}
          data={DIGEST_LANGUAGES.map((value) => ({ value, label: nameOfLanguage(value) }))}
        />
      </div>
      <Facts
        rows={[
          ['Next', draft.nextAt === null ? 'not planned' : <FullTime key="next" at={draft.nextAt} />],
          [
            'Last',
            draft.lastSentAt === null ? 'none yet' : <RelativeTime key="last" at={draft.lastSentAt} />,
          ],
          ['In seven days', plural(sent, 'digest')],
        ]}
      />
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
  const tenant = useSlug()
  const { data } = useEndpoint(getHeldSettings, { params: { tenant } })
  return (
    <Panel title="What is in it">
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
            label={label}
            {...(user === 'never' ? { description: 'Users only see it: nothing they could do' } : {})}
          />
        ))}
      </div>
    </Panel>
  )
}

function SendNow() {
  const tenant = useSlug()
  const may = useMay('policies:write')
  const [mailbox, setMailbox] = useState('')
  const send = useAction(sendDigest, { readAgain: [getDigest] })
  if (!may) return null
  return (
    <Panel title="Send one now">
      <form
        className={stack.form}
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate({ params: { tenant }, body: { mailbox } })
        }}
      >
        <TextInput
          label="Mailbox"
          description="Everything that is held for it, also what was told of before."
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
                ? 'Nothing is held for it: nothing was sent'
                : `${plural(send.data.messages, 'message')}, sent to ${send.data.to.join(', ')}`
            }
          />
        )}
        <div className={stack.row}>
          <Button type="submit" variant="default" loading={send.isPending}>
            Send
          </Button>
        </div>
      </form>
    </Panel>
  )
}
