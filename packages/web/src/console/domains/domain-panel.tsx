// One domain: its state, the two records that prove it, what servers say, when we look again.

import { getConnect } from '@gatepost/contract/connect.ts'
import { checkDomain, type Domain, listDomains, removeDomain } from '@gatepost/contract/domain.ts'
import { Button, Switch } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { useSaid } from '#i18n/said.ts'
import { CheckButton } from '#shared/check-button.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { date } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import { RecordsTable } from '#shared/records-table.tsx'
import { ServersTable } from '#shared/servers-table.tsx'
import stack from '#shared/stack.module.css'
import { StatusWord } from '#shared/status-word.tsx'
import { CheckedLine } from '#shared/time.tsx'
import { ClaimConditions, ClaimOffer, Contested } from './claim-conditions.tsx'
import classes from './domains.module.css'
import { SpfView } from './spf-panel.tsx'
import { ZoneView } from './zone-panel.tsx'

export function DomainPanel({ domain }: { readonly domain: Domain }) {
  const t = useWords('domains')
  const tenant = useSlug()
  const may = useMay('domains:write')
  const check = useAction(checkDomain, { readAgain: [listDomains, getConnect] })
  const needsNoRecord = domain.validatedBy === 'parent' || domain.state === 'lost'
  return (
    <Panel
      title={domain.unicodeName}
      side={domain.primary ? t('primary') : undefined}
      flush
      actions={
        <>
          <StatusWord of="domain" state={domain.state} />
          {may && !needsNoRecord && (
            <CheckButton
              of={domain.name}
              busy={check.isPending}
              error={check.error}
              onCheck={() => check.mutate({ params: { tenant, domain: domain.id } })}
            />
          )}
        </>
      }
    >
      <PanelBody>
        <div className={stack.stack} role="status">
          <StateSentence domain={domain} />
          <Contested domain={domain} />
          {may && isHeldElsewhere(domain) && <ClaimOffer name={domain.name} />}
        </div>
      </PanelBody>
      {!needsNoRecord && domain.ownership.length > 0 && (
        <Proof domain={domain} open={domain.state !== 'validated'} />
      )}
      {domain.validatedAt !== null && <Spf domain={domain} />}
      {domain.state !== 'lost' && <Zone domain={domain} />}
      <DomainFoot domain={domain} may={may} />
    </Panel>
  )
}

/** Its record is there, and somebody else has the domain. */
function isHeldElsewhere({ state, claim, ownership }: Domain): boolean {
  return state === 'pending' && claim === null && ownership.some((record) => record.state === 'conflict')
}

function StateSentence({ domain }: { readonly domain: Domain }) {
  const t = useWords('domains')
  const by = domain.validatedBy ? ` ${t(`by.${domain.validatedBy}`)}` : ''
  const since = domain.validatedAt === null ? '' : ` ${t('since', { day: date(domain.validatedAt) })}`
  switch (domain.state) {
    case 'validated':
      return <p>{t('isValidated', { domain: domain.name, how: `${by}${since}` })}</p>
    case 'lost':
      return (
        <Note tone="warn" title={t('lost', { domain: domain.name, day: date(domain.lostAt ?? 0) })}>
          <p>{t('lostMeans')}</p>
        </Note>
      )
    case 'pending':
      if (domain.claim) return <ClaimConditions domain={domain.name} claim={domain.claim} />
      return (
        <p>
          {rich(t, 'publish', { one: <strong>{t('one')}</strong>, domain: domain.name })}{' '}
          {domain.expiresAt !== null && t('leaves', { day: date(domain.expiresAt) })}
        </p>
      )
    case 'temporarily-failing':
      return (
        <Note tone="warn" title={t('notSeen', { domain: domain.name })}>
          <p>{t('notSeenMeans')}</p>
        </Note>
      )
    case 'expired':
      return (
        <Note tone="mute" title={t('tooLate', { domain: domain.name })}>
          <p>{t('tooLateMeans')}</p>
        </Note>
      )
  }
}

function Proof({ domain, open }: { readonly domain: Domain; readonly open: boolean }) {
  const t = useWords('domains')
  const say = useSaid()
  const [fullNames, setFullNames] = useState(false)
  const best = domain.ownership.find(({ state }) => state === 'found') ?? domain.ownership[0]
  const body = (
    <>
      <div className={classes.switch}>
        <Switch
          size="xs"
          label={t('fullNames')}
          checked={fullNames}
          onChange={(event) => setFullNames(event.currentTarget.checked)}
        />
      </div>
      <RecordsTable
        records={domain.ownership}
        fullNames={fullNames}
        label={t('prove', { domain: domain.name })}
      />
      <dl className={classes.sentences}>
        {domain.ownership.map((record) => (
          <div key={record.type}>
            <dt>{t('weExpect', { type: record.type })}</dt>
            <dd>{say(record.said?.weExpect, record.weExpect)}</dd>
            <dt>{t('weSee', { type: record.type })}</dt>
            <dd>{say(record.said?.weSee, record.weSee)}</dd>
          </div>
        ))}
      </dl>
      {best && best.servers.length > 0 && (
        <div className={classes.servers}>
          <ServersTable
            records={[best]}
            checkedAt={domain.checkedAt}
            label={t('eachServer', { type: best.type })}
          />
        </div>
      )}
    </>
  )
  if (open) return body
  return (
    <details className={classes.fold}>
      <summary>{t('itsRecords')}</summary>
      {body}
    </details>
  )
}

/** Evaluated when somebody looks: it asks the DNS of everybody the record takes in. */
function Spf({ domain }: { readonly domain: Domain }) {
  const t = useWords('domains')
  const [open, setOpen] = useState(false)
  return (
    <details className={classes.fold} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('spfFold')}</summary>
      {open && (
        <div className={classes.spf}>
          <SpfView domain={domain.id} />
        </div>
      )}
    </details>
  )
}

function Zone({ domain }: { readonly domain: Domain }) {
  const t = useWords('domains')
  const [open, setOpen] = useState(false)
  return (
    <details className={classes.fold} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('zoneFold')}</summary>
      {open && (
        <div className={classes.spf}>
          <ZoneView domain={domain} />
        </div>
      )}
    </details>
  )
}

function DomainFoot({ domain, may }: { readonly domain: Domain; readonly may: boolean }) {
  const t = useWords('domains')
  const tenant = useSlug()
  const confirm = useConfirm()
  const remove = useAction(removeDomain, { readAgain: [listDomains, getConnect] })
  const ask = async () => {
    const agreed = await confirm({
      title: t('willRefuse', { domain: domain.name }),
      body: t('willRefuseMeans'),
      act: t('removeDomain'),
      keep: t('keepDomain'),
    })
    if (agreed) remove.mutate({ params: { tenant, domain: domain.id } })
  }
  return (
    <PanelFoot>
      <CheckedLine
        checkedAt={domain.checkedAt}
        nextCheckAt={domain.state === 'validated' ? null : domain.nextCheckAt}
      />
      {remove.error && <ProblemNote error={remove.error} />}
      {may && !domain.primary && (
        <Button variant="subtle" color="gray" size="compact-sm" loading={remove.isPending} onClick={ask}>
          {t('remove')}
          <span className="hidden-visually"> {domain.name}</span>
        </Button>
      )}
    </PanelFoot>
  )
}
