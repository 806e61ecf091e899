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
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { AlertChannelLink } from '#shared/alert-channel-link.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { count } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './outbound.module.css'

const READ_AGAIN = [listSenderWarnings, getLiveness]
const kindsOf = (t: Words) =>
  ({
    credential: t('senderWatch.login'),
    address: t('senderWatch.address'),
    author: t('senderWatch.author'),
  }) as const

export function SenderWatch() {
  const t = useWords('flow')
  const tenant = useSlug()
  const may = useMay('outbound:write')
  const confirm = useConfirm()
  const { data, error } = useEndpoint(listSenderWarnings, { params: { tenant } }, { refetchInterval: 10_000 })
  const release = useAction(releaseSender, {
    readAgain: READ_AGAIN,
    said: () => ({ text: t('senderWatch.theSenderMaySendAgain') }),
  })
  const ask = async ({ id, identity, sample }: SenderWarning) => {
    const agreed = await confirm({
      title: t('senderWatch.maySendOnAtThisPace', { identity }),
      body: (
        <>
          <p>{t('senderWatch.releaseItOnlyWhenSomebody')}</p>
          <ul>
            {sample.map((subject, at) => (
              <li key={`${at} ${subject}`}>{subject}</li>
            ))}
          </ul>
        </>
      ),
      act: t('senderWatch.releaseSender'),
      keep: t('senderWatch.leaveIt'),
    })
    if (agreed) release.mutate({ params: { tenant, warning: id } })
  }
  return (
    <Panel title={t('senderWatch.conspicuousSenders')} side={t('senderWatch.whoSendsFarMoreThanEver')} flush>
      {Boolean(error ?? release.error) && (
        <PanelBody>
          <ProblemNote error={error ?? release.error} />
        </PanelBody>
      )}
      {data && data.items.length === 0 && (
        <p className={classes.empty}>{t('senderWatch.noneWeLearnForEachSender')}</p>
      )}
      {data && data.items.length > 0 && (
        <ul className={classes.refused}>
          {data.items.map((row) => (
            <li key={row.id}>
              <span className={classes.words}>
                <span className="strong">{row.identity}</span>{' '}
                <span className="tx2">{kindsOf(t)[row.kind]}</span>
                <div className="small tx2">
                  {rich(t, 'senderWatch.recipientsInAnHour', {
                    count: row.recipients,
                    value:
                      row.usual === 0
                        ? t('senderWatch.noneBefore')
                        : t('senderWatch.atMostBefore', { usual: count(row.usual) }),
                    time: <RelativeTime at={row.beganAt} />,
                  })}
                </div>
              </span>
              <State row={row} />
              {may && row.releasedAt === null && (
                <Button variant="default" size="compact-sm" onClick={() => void ask(row)}>
                  {t('senderWatch.release')}
                  <span className="hidden-visually"> {row.identity}</span>
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {data && (
        <PanelBody>
          <AlertChannelLink what={t('senderWatch.aSenderThatIsSlowedDownOr')} />
        </PanelBody>
      )}
      {may && data && (
        <Limit key={data.hourlyRecipients} limit={data.hourlyRecipients} isDefault={data.isDefault} />
      )}
    </Panel>
  )
}

function State({ row }: { readonly row: SenderWarning }) {
  const t = useWords('flow')
  if (row.releasedAt !== null)
    return (
      <ToneText tone="mute">
        {t('senderWatch.releasedBy', { releasedBy: row.releasedBy ?? 'somebody' })}
      </ToneText>
    )
  return row.action === 'hold' ? (
    <ToneText tone="hold">{t('senderWatch.held')}</ToneText>
  ) : (
    <ToneText tone="warn">{t('senderWatch.slowedDown')}</ToneText>
  )
}

function Limit({ limit, isDefault }: { readonly limit: number; readonly isDefault: boolean }) {
  const t = useWords('flow')
  const tenant = useSlug()
  const [value, setValue] = useState<number | string>(limit)
  const save = useAction(setSenderLimit, { readAgain: READ_AGAIN })
  const set = (hourlyRecipients: number | null) =>
    save.mutate({ params: { tenant }, body: { hourlyRecipients } })
  return (
    <div className={classes.form}>
      <NumberInput
        label={t('senderWatch.recipientsAnHourForOne')}
        description={t('senderWatch.beyondMailIsDeferredWith')}
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
          title={
            value === limit
              ? t('senderWatch.thisIsTheLimitNow')
              : value === ''
                ? t('senderWatch.enterALimit')
                : undefined
          }
          onClick={() => set(Number(value))}
        >
          {t('senderWatch.saveLimit')}
        </Button>
        {!isDefault && (
          <Button variant="subtle" onClick={() => set(null)}>
            {t('senderWatch.takeTheDefault')}
          </Button>
        )}
      </div>
    </div>
  )
}
