// Senders that sent far more than they used to, and the limit an hour.
import {
  listSenderWarnings,
  releaseSender,
  type SenderWarning,
  setSenderLimit,
} from '@gatepost/contract/outbound.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Button, NumberInput } from '@mantine/core'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { AlertChannelLink } from '#shared/alert-channel-link.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { count, plural } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './outbound.module.css'

const READ_AGAIN = [listSenderWarnings, getLiveness]
const KINDS = { credential: 'Login', address: 'Address', author: 'Author' } as const

export function SenderWatch() {
  const tenant = useSlug()
  const may = useMay('outbound:write')
  const confirm = useConfirm()
  const { data, error } = useEndpoint(listSenderWarnings, { params: { tenant } }, { refetchInterval: 10_000 })
  const release = useAction(releaseSender, {
    readAgain: READ_AGAIN,
    said: () => ({ text: 'The sender may send again.' }),
  })
  const ask = async ({ id, identity, sample }: SenderWarning) => {
    const agreed = await confirm({
      title: `${identity} may send on at this pace`,
      body: (
        <>
          <p>Release it only when somebody confirmed that this mail is wanted. Its last subjects:</p>
          <ul>
            {sample.map((subject, at) => (
              <li key={`${at} ${subject}`}>{subject}</li>
            ))}
          </ul>
        </>
      ),
      act: 'Release sender',
      keep: 'Leave it',
    })
    if (agreed) release.mutate({ params: { tenant, warning: id } })
  }
  return (
    <Panel title="Conspicuous senders" side="who sends far more than ever before may be taken over" flush>
      {Boolean(error ?? release.error) && (
        <PanelBody>
          <ProblemNote error={error ?? release.error} />
        </PanelBody>
      )}
      {data && data.items.length === 0 && (
        <p className={classes.empty}>None. We learn for each sender how much is usual in an hour.</p>
      )}
      {data && data.items.length > 0 && (
        <ul className={classes.refused}>
          {data.items.map((row) => (
            <li key={row.id}>
              <span className={classes.words}>
                <span className="strong">{row.identity}</span> <span className="tx2">{KINDS[row.kind]}</span>
                <div className="small tx2">
                  {plural(row.recipients, 'recipient')} in an hour,{' '}
                  {row.usual === 0 ? 'none before' : `${count(row.usual)} at most before`},{' '}
                  <RelativeTime at={row.beganAt} />
                </div>
              </span>
              <State row={row} />
              {may && row.releasedAt === null && (
                <Button variant="default" size="compact-sm" onClick={() => void ask(row)}>
                  Release<span className="hidden-visually"> {row.identity}</span>
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {data && (
        <PanelBody>
          <AlertChannelLink what="A sender that is slowed down or held" />
        </PanelBody>
      )}
      {may && data && (
        <Limit key={data.hourlyRecipients} limit={data.hourlyRecipients} isDefault={data.isDefault} />
      )}
    </Panel>
  )
}

function State({ row }: { readonly row: SenderWarning }) {
  if (row.releasedAt !== null)
    return <ToneText tone="mute">{`Released by ${row.releasedBy ?? 'somebody'}`}</ToneText>
  return row.action === 'hold' ? (
    <ToneText tone="hold">Held</ToneText>
  ) : (
    <ToneText tone="warn">Slowed down</ToneText>
  )
}

function Limit({ limit, isDefault }: { readonly limit: number; readonly isDefault: boolean }) {
  const tenant = useSlug()
  const [value, setValue] = useState<number | string>(limit)
  const save = useAction(setSenderLimit, { readAgain: READ_AGAIN })
  const set = (hourlyRecipients: number | null) =>
    save.mutate({ params: { tenant }, body: { hourlyRecipients } })
  return (
    <div className={classes.form}>
      <NumberInput
        label="Recipients an hour for one author"
        description="Beyond, mail is deferred with 451 4.7.0 and the mail host tries again."
        min={1}
        max={1_000_000}
        allowDecimal={false}
        thousandSeparator=" "
        value={value}
        onChange={setValue}
        w={220}
      />
      {save.error && <ProblemNote error={save.error} />}
      <div className={stack.row}>
        <Button
          variant="default"
          loading={save.isPending}
          disabled={value === limit || value === ''}
          title={value === limit ? 'This is the limit now' : value === '' ? 'Enter a limit' : undefined}
          onClick={() => set(Number(value))}
        >
          Save limit
        </Button>
        {!isDefault && (
          <Button variant="subtle" onClick={() => set(null)}>
            Take the default
          </Button>
        )}
      </div>
    </div>
  )
}
