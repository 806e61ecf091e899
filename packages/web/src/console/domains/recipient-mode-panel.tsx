// Recipient validation of one domain: the two modes, the reply to unknown recipients, and what each means.
import { getConnect } from '@gatepost/contract/connect.ts'
import { type Domain, listDomains, updateDomain } from '@gatepost/contract/domain.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { LiveLine } from '../live-line.tsx'

export function RecipientModePanel({ domain }: { readonly domain: Domain }) {
  const tenant = useSlug()
  const may = useMay('policies:write')
  const [mode, setMode] = useState(domain.recipientMode)
  const [reply, setReply] = useState(domain.unknownRecipient)
  const save = useAction(updateDomain, { readAgain: [listDomains, getConnect, getLiveness] })
  const changed = mode !== domain.recipientMode || reply !== domain.unknownRecipient
  return (
    <Panel title={`Recipients of ${domain.name}`} side={`${plural(domain.userCount, 'user')} known`}>
      <div className={stack.stack}>
        <ChoiceCards
          label={`Recipients of ${domain.name}`}
          value={mode}
          onChange={setMode}
          disabled={!may}
          choices={[
            {
              value: 'known',
              label: 'Known recipients',
              means:
                'Only users and aliases in the list, and postmaster and abuse. Others are refused at the door.',
            },
            {
              value: 'accept-all',
              label: 'Accept all',
              means: 'Every address in the domain. Your mail host refuses the unknown ones itself.',
            },
          ]}
        />
        {mode === 'known' && (
          <ChoiceCards
            label="Reply to unknown recipients"
            value={reply}
            onChange={setReply}
            disabled={!may}
            choices={[
              {
                value: 'reject',
                label: 'Refuse: 550 5.1.1',
                means: 'The sender learns at once that the address is wrong.',
              },
              {
                value: 'defer',
                label: 'Put off: 451 4.1.1',
                means: 'The sender tries again for days. For the first days, while the list may have gaps.',
              },
            ]}
          />
        )}
        <Consequence domain={domain} mode={mode} />
        {save.error && <ProblemNote error={save.error} />}
        {may && (
          <div className={stack.row}>
            <Button
              disabled={!changed && domain.recipientMode !== 'accept-all'}
              loading={save.isPending}
              onClick={() =>
                save.mutate({
                  params: { tenant, domain: domain.id },
                  body: { recipientMode: mode, unknownRecipient: reply },
                  revision: domain.revision,
                })
              }
            >
              Save recipient validation
              <span className="hidden-visually"> of {domain.name}</span>
            </Button>
            {save.isSuccess && !changed && <LiveLine />}
          </div>
        )}
      </div>
    </Panel>
  )
}

function Consequence({ domain, mode }: { readonly domain: Domain; readonly mode: Domain['recipientMode'] }) {
  if (mode === 'accept-all') {
    return (
      <Note tone="warn" title="Mail to addresses that do not exist is accepted too">
        <p>It is delivered to your mail host, which has to refuse or bounce it.</p>
      </Note>
    )
  }
  if (domain.userCount === 0) {
    return (
      <Note tone="bad" title={`No user of ${domain.name} is known: all its mail would be refused`}>
        <p>Add users first, or choose Accept all for now.</p>
      </Note>
    )
  }
  return (
    <Note tone="info" title={`Mail reaches ${plural(domain.userCount, 'user')} of ${domain.name}`}>
      <p>Mail to any other address is turned away. It shows in Messages as refused, with the reason.</p>
    </Note>
  )
}
