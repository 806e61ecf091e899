// One domain: refuse, report only or take mail from outside that uses it, and what is let through.
import { getConnect } from '@gatepost/contract/connect.ts'
import { listPolicies } from '@gatepost/contract/policy.ts'
import { getSpoofing, type SpoofedDomain, setSpoofing } from '@gatepost/contract/spoofing.ts'
import { Button, Checkbox } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { plural } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { LiveLine } from '../live-line.tsx'
import classes from './spoofing.module.css'

type Action = 'refuse' | 'report' | 'none'
const ACTION_OF = { refuses: 'refuse', reports: 'report', unprotected: 'none' } as const

export function DomainPanel({ domain, may }: { readonly domain: SpoofedDomain; readonly may: boolean }) {
  const tenant = useSlug()
  const confirm = useConfirm()
  const [action, setAction] = useState<Action>(ACTION_OF[domain.state])
  const [aligned, setAligned] = useState(domain.acceptsAligned)
  const save = useAction(setSpoofing, { readAgain: [getSpoofing, listPolicies, getConnect] })
  const isChanged = action !== ACTION_OF[domain.state] || aligned !== domain.acceptsAligned
  const submit = async () => {
    const isWeaker = action !== 'refuse' && domain.state === 'refuses'
    const agreed =
      !isWeaker ||
      (await confirm({
        title: `Anybody outside can then write as ${domain.domain}`,
        body: refusedText(domain.refused),
        act: action === 'report' ? 'Only report' : 'Take no action',
        keep: 'Go on refusing',
      }))
    if (!agreed) return
    const body = { action, acceptAligned: aligned, reason: '' }
    save.mutate({ params: { tenant, domain: domain.domain }, body })
  }
  return (
    <Panel
      title={domain.domain}
      side={domain.policy && <PolicyLink id={domain.policy.id} name={domain.policy.name} />}
    >
      <div className={stack.stack}>
        <ChoiceCards<Action>
          label={`Mail from outside that uses ${domain.domain}`}
          columns={3}
          value={action}
          onChange={setAction}
          disabled={!may}
          choices={[
            { value: 'refuse', label: 'Refuse: 550', means: 'Nobody outside can write as you.' },
            {
              value: 'report',
              label: 'Report only',
              means: 'Mail is taken; the list above shows what would have been refused.',
            },
            { value: 'none', label: 'Take no action', means: 'Mail is taken and nothing is looked at.' },
          ]}
        />
        {action !== 'none' && (
          <Checkbox
            checked={aligned}
            onChange={(event) => setAligned(event.currentTarget.checked)}
            disabled={!may}
            label="Take mail that authenticates as the domain"
            description="Signed with DKIM by the domain, or sent from an address of its SPF record that no cloud shares."
          />
        )}
        <Exemptions domain={domain} />
        {save.error && <ProblemNote error={save.error} />}
        {may && (
          <div className={stack.row}>
            <Button
              variant="default"
              disabled={!isChanged}
              loading={save.isPending}
              onClick={() => void submit()}
            >
              Save<span className="hidden-visually"> anti-spoofing of {domain.domain}</span>
            </Button>
            {save.isSuccess && !isChanged && <LiveLine />}
          </div>
        )}
      </div>
    </Panel>
  )
}

function refusedText(refused: number): string {
  const were = refused === 1 ? 'was' : 'were'
  return `${plural(refused, 'message')} with this domain ${were} refused in the last 30 days and would be taken.`
}

function Exemptions({ domain }: { readonly domain: SpoofedDomain }) {
  if (domain.exemptions.length === 0) {
    return <p className="tx2">No policy lets anybody outside send as {domain.domain}.</p>
  }
  return (
    <div>
      <h3 className={classes.small}>Let through</h3>
      <ul className={classes.plain}>
        {domain.exemptions.map((policy) => (
          <li key={policy.id}>
            <PolicyLink id={policy.id} name={policy.name} />
            <span className="tx2">{policy.state === 'active' ? '' : ` · ${policy.state}`}</span>
            {[...policy.hostNames, ...policy.sourceIps].map((condition) => (
              <span key={condition} className="mono">
                <HostText>{condition}</HostText>
              </span>
            ))}
          </li>
        ))}
      </ul>
    </div>
  )
}

function PolicyLink({ id, name }: { readonly id: string; readonly name: string }) {
  const slug = useSlug()
  return (
    <Link to="/t/$slug/policies/$policy" params={{ slug, policy: id }}>
      {name}
    </Link>
  )
}
