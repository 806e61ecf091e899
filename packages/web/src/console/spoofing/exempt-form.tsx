// The ways to let a source through, the narrowest first; one click makes the policy.
import { getConnect } from '@gatepost/contract/connect.ts'
import { listPolicies } from '@gatepost/contract/policy.ts'
import { exemptSpoofSource, getSpoofing, type SpoofSource } from '@gatepost/contract/spoofing.ts'
import { Button, Checkbox } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import classes from './spoofing.module.css'

const waysOf = (t: Words) =>
  ({
    dkim: t('exemptForm.byItsSignature'),
    host: t('exemptForm.byHostName'),
    ip: t('exemptForm.byAddress'),
    spf: t('exemptForm.byItsSpfRecord'),
  }) as const

export function ExemptForm({
  source,
  onDone,
}: {
  readonly source: SpoofSource
  readonly onDone: () => void
}) {
  const t = useWords('protection')
  const tenant = useSlug()
  const [onlySender, setOnlySender] = useState(true)
  const exempt = useAction(exemptSpoofSource, {
    readAgain: [getSpoofing, listPolicies, getConnect],
    onDone,
  })
  const advised = source.exemptions.findIndex(({ warnings }) => warnings.length === 0)
  return (
    <div className={classes.exempt}>
      <Checkbox
        checked={onlySender}
        onChange={(event) => setOnlySender(event.currentTarget.checked)}
        label={t('exemptForm.onlyAs', { sender: source.newest.sender })}
        description={t('exemptForm.otherwiseAsAnyAddressOf', { domain: source.domain })}
      />
      <ul className={classes.plain}>
        {source.exemptions.map(({ by, value, text, warnings }, index) => (
          <li key={`${by} ${value}`} className={classes.way}>
            <div className={stack.row}>
              <Button
                size="compact-sm"
                variant={index === advised ? 'filled' : 'default'}
                loading={exempt.isPending && exempt.variables?.body.by === by}
                onClick={() =>
                  exempt.mutate({
                    params: { tenant },
                    body: {
                      domain: source.domain,
                      kind: source.kind,
                      source: source.source,
                      by,
                      value,
                      sender: onlySender ? source.newest.sender : null,
                      reason: '',
                    },
                  })
                }
              >
                {waysOf(t)[by]}
              </Button>
              <span className="mono">
                <HostText>{value}</HostText>
              </span>
            </div>
            <p className="tx2">{text}</p>
            {warnings.map((warning) => (
              <p key={warning} className={classes.warning}>
                {warning}
              </p>
            ))}
          </li>
        ))}
      </ul>
      {exempt.error && <ProblemNote error={exempt.error} />}
    </div>
  )
}
