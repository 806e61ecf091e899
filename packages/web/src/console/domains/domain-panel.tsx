// One domain: its state, the two records that prove it, what servers say, when we look again.
import { getConnect } from '@gatepost/contract/connect.ts'
import { checkDomain, type Domain, listDomains, removeDomain } from '@gatepost/contract/domain.ts'
import { Button, Switch } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
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
import classes from './domains.module.css'
import { SpfView } from './spf-panel.tsx'
import { ZoneView } from './zone-panel.tsx'

const validatedByWords = {
  txt: 'by its TXT record',
  cname: 'by its CNAME record',
  parent: 'by its parent domain',
}

export function DomainPanel({ domain }: { readonly domain: Domain }) {
  const tenant = useSlug()
  const may = useMay('domains:write')
  const check = useAction(checkDomain, { readAgain: [listDomains, getConnect] })
  const needsNoRecord = domain.validatedBy === 'parent'
  return (
    <Panel
      title={domain.unicodeName}
      side={domain.primary ? 'primary domain' : undefined}
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
        </div>
      </PanelBody>
      {!needsNoRecord && domain.ownership.length > 0 && (
        <Proof domain={domain} open={domain.state !== 'validated'} />
      )}
      {domain.validatedAt !== null && <Spf domain={domain} />}
      <Zone domain={domain} />
      <DomainFoot domain={domain} may={may} />
    </Panel>
  )
}

function StateSentence({ domain }: { readonly domain: Domain }) {
  const by = domain.validatedBy ? ` ${validatedByWords[domain.validatedBy]}` : ''
  const since = domain.validatedAt === null ? '' : ` since ${date(domain.validatedAt)}`
  switch (domain.state) {
    case 'validated':
      return (
        <p>
          {domain.name} is validated{by}
          {since}. We look again every hour.
        </p>
      )
    case 'pending':
      return (
        <p>
          Publish <strong>one</strong> of the two records below at the DNS of {domain.name}. Either is enough;
          we look by ourselves, so you may close this page.
          {domain.expiresAt !== null &&
            ` Without a record the domain leaves this list on ${date(domain.expiresAt)}.`}
        </p>
      )
    case 'temporarily-failing':
      return (
        <Note tone="warn" title={`The record of ${domain.name} was right and is not seen now`}>
          <p>The domain stays validated and mail flows. Publish the record again.</p>
        </Note>
      )
    case 'expired':
      return (
        <Note tone="mute" title={`No record was seen for ${domain.name} in time`}>
          <p>Press Check now once the record is published, or remove the domain.</p>
        </Note>
      )
  }
}

function Proof({ domain, open }: { readonly domain: Domain; readonly open: boolean }) {
  const [fullNames, setFullNames] = useState(false)
  const best = domain.ownership.find(({ state }) => state === 'found') ?? domain.ownership[0]
  const body = (
    <>
      <div className={classes.switch}>
        <Switch
          size="xs"
          label="Full names"
          checked={fullNames}
          onChange={(event) => setFullNames(event.currentTarget.checked)}
        />
      </div>
      <RecordsTable
        records={domain.ownership}
        fullNames={fullNames}
        label={`Records that prove ${domain.name}: one of them is enough`}
      />
      <dl className={classes.sentences}>
        {domain.ownership.map((record) => (
          <div key={record.type}>
            <dt>{record.type}: we expect</dt>
            <dd>{record.weExpect}</dd>
            <dt>{record.type}: we see</dt>
            <dd>{record.weSee}</dd>
          </div>
        ))}
      </dl>
      {best && best.servers.length > 0 && (
        <div className={classes.servers}>
          <ServersTable
            records={[best]}
            checkedAt={domain.checkedAt}
            label={`What each server says of the ${best.type} record`}
          />
        </div>
      )}
    </>
  )
  if (open) return body
  return (
    <details className={classes.fold}>
      <summary>Its records</summary>
      {body}
    </details>
  )
}

/** Evaluated when somebody looks: it asks the DNS of everybody the record takes in. */
function Spf({ domain }: { readonly domain: Domain }) {
  const [open, setOpen] = useState(false)
  return (
    <details className={classes.fold} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>SPF record of what it sends through us</summary>
      {open && (
        <div className={classes.spf}>
          <SpfView domain={domain.id} />
        </div>
      )}
    </details>
  )
}

function Zone({ domain }: { readonly domain: Domain }) {
  const [open, setOpen] = useState(false)
  return (
    <details className={classes.fold} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Where to enter records, and all of them as a zone file</summary>
      {open && (
        <div className={classes.spf}>
          <ZoneView domain={domain} />
        </div>
      )}
    </details>
  )
}

function DomainFoot({ domain, may }: { readonly domain: Domain; readonly may: boolean }) {
  const tenant = useSlug()
  const confirm = useConfirm()
  const remove = useAction(removeDomain, { readAgain: [listDomains, getConnect] })
  const ask = async () => {
    const agreed = await confirm({
      title: `Gatepost will refuse mail for ${domain.name}`,
      body: 'Its MX record must point elsewhere first. Users and routes that still use the domain stop this.',
      act: 'Remove domain',
      keep: 'Keep domain',
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
          Remove
          <span className="hidden-visually"> {domain.name}</span>
        </Button>
      )}
    </PanelFoot>
  )
}
