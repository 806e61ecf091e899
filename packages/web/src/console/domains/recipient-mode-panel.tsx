// Recipient validation of one domain: the ways, what each would have refused, and the reply to unknown ones.

import { getConnect } from '@gatepost/contract/connect.ts'
import { type Domain, listDomains, type RecipientMode, updateDomain } from '@gatepost/contract/domain.ts'
import { getRecipientPreview, type RecipientPreview } from '@gatepost/contract/recipient.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Button, NumberInput } from '@mantine/core'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { LiveLine } from '../live-line.tsx'
import { Consequence } from './mode-consequence.tsx'
import { modesOf, unknownRepliesOf, whenSilentOf } from './mode-words.ts'
import { UnlistedRecipients } from './unlisted-recipients.tsx'

type Draft = Pick<Domain, 'recipientMode' | 'unknownRecipient' | 'callForward'> & {
  readonly learningDays: number
}

const LEARNING_DAYS = 14

export function RecipientModePanel({ domain }: { readonly domain: Domain }) {
  const t = useWords('domains')
  const tenant = useSlug()
  const may = useMay('policies:write')
  const [draft, setDraft] = useState<Draft>({ ...domain, learningDays: LEARNING_DAYS })
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }))
  const { data: preview } = useEndpoint(getRecipientPreview, { params: { tenant, domain: domain.id } })
  const save = useAction(updateDomain, { readAgain: [listDomains, getConnect, getLiveness] })
  const { recipientMode: mode } = draft
  const isSelective = mode !== 'accept-all' && mode !== 'learning'
  const isChanged =
    mode !== domain.recipientMode ||
    draft.unknownRecipient !== domain.unknownRecipient ||
    draft.callForward.sender !== domain.callForward.sender ||
    draft.callForward.whenSilent !== domain.callForward.whenSilent
  const blocked = preview?.modes.find((one) => one.mode === mode)?.blocked ?? null
  return (
    <Panel title={t('recipientsOf', { domain: domain.name })} side={t('known', { count: domain.userCount })}>
      <div className={stack.stack}>
        <ChoiceCards<RecipientMode>
          label={t('recipientsOf', { domain: domain.name })}
          value={mode}
          onChange={(recipientMode) => change({ recipientMode })}
          disabled={!may}
          choices={modesOf(t)}
        />
        {isSelective && (
          <ChoiceCards
            label={t('replyUnknown')}
            value={draft.unknownRecipient}
            onChange={(unknownRecipient) => change({ unknownRecipient })}
            disabled={!may}
            choices={unknownRepliesOf(t)}
          />
        )}
        {mode === 'call-forward' && (
          <CallForwardFields value={draft.callForward} onChange={change} disabled={!may} />
        )}
        {mode === 'learning' && domain.recipientMode !== 'learning' && (
          <NumberInput
            label={t('learnDays')}
            min={1}
            max={60}
            allowDecimal={false}
            clampBehavior="strict"
            value={draft.learningDays}
            onChange={(days) => change({ learningDays: Number(days) || LEARNING_DAYS })}
            disabled={!may}
            maw={160}
          />
        )}
        <Consequence domain={domain} mode={mode} />
        <PreviewNote preview={preview} mode={mode} isCurrent={mode === domain.recipientMode} />
        {save.error && <ProblemNote error={save.error} />}
        {may && (
          <div className={stack.row}>
            <Button
              disabled={
                (!isChanged && domain.recipientMode !== 'accept-all') || (blocked !== null && isChanged)
              }
              loading={save.isPending}
              onClick={() =>
                save.mutate({
                  params: { tenant, domain: domain.id },
                  body: bodyOf(draft, domain),
                  revision: domain.revision,
                })
              }
            >
              {t('saveValidation')}{' '}
              <span className="hidden-visually"> {t('ofDomain', { domain: domain.name })}</span>
            </Button>
            {save.isSuccess && !isChanged && <LiveLine />}
          </div>
        )}
        <UnlistedRecipients domain={domain} />
      </div>
    </Panel>
  )
}

/** A change of another field must not begin the time of learning anew. */
function bodyOf({ recipientMode, unknownRecipient, callForward, learningDays }: Draft, domain: Domain) {
  const begins = recipientMode === 'learning' && domain.recipientMode !== 'learning'
  return {
    recipientMode,
    unknownRecipient,
    ...(recipientMode === 'call-forward' ? { callForward } : {}),
    ...(begins ? { learningDays } : {}),
  }
}

function CallForwardFields(props: {
  readonly value: Domain['callForward']
  readonly onChange: (part: Pick<Draft, 'callForward'>) => void
  readonly disabled: boolean
}) {
  const t = useWords('domains')
  const { value, onChange, disabled } = props
  return (
    <>
      <ChoiceCards
        label={t('asked')}
        value={value.sender}
        onChange={(sender) => onChange({ callForward: { ...value, sender } })}
        disabled={disabled}
        choices={[
          { value: 'original', label: t('withSender'), means: t('withSenderMeans') },
          { value: 'null', label: t('withNull'), means: t('withNullMeans') },
        ]}
      />
      <ChoiceCards
        label={t('whileSilent')}
        value={value.whenSilent}
        onChange={(whenSilent) => onChange({ callForward: { ...value, whenSilent } })}
        disabled={disabled}
        choices={whenSilentOf(t)}
      />
    </>
  )
}

/** What the mode would have done with the mail that was seen (C8). */
function PreviewNote(props: {
  readonly preview: RecipientPreview | undefined
  readonly mode: RecipientMode
  readonly isCurrent: boolean
}) {
  const t = useWords('domains')
  const found = props.preview?.modes.find(({ mode }) => mode === props.mode)
  if (!found) return null
  if (found.blocked !== null && !props.isCurrent) {
    return (
      <Note tone="warn" title={t('notPossible')}>
        <p>{found.blocked}</p>
      </Note>
    )
  }
  if (found.addresses === 0) return <p className="tx2">{found.text}</p>
  return (
    <Note tone="warn" title={found.text}>
      <p>{found.sample.join(', ')}</p>
    </Note>
  )
}
