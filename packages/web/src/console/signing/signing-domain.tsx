// One domain: whether its mail leaves signed, its keys in the order of their lives, and what can be done.
import { addSigningKeys, getSigning, type SigningDomain, testSigning } from '@gatepost/contract/signing.ts'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { CheckList } from '#shared/check-list.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { date, plural } from '#shared/format.ts'
import { Fold, Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { StatusWord } from '#shared/status-word.tsx'
import { ImportKey } from './import-key.tsx'
import { KeyView } from './key-view.tsx'
import { RotationForm } from './rotation-form.tsx'
import classes from './signing.module.css'

type Props = { readonly domain: SigningDomain; readonly may: boolean }

export function SigningDomainPanel({ domain, may }: Props) {
  const tenant = useSlug()
  const confirm = useConfirm()
  const [open, setOpen] = useState<'import' | 'rotation' | null>(null)
  const add = useAction(addSigningKeys, { readAgain: [getSigning] })
  const test = useAction(testSigning)
  const params = { tenant, domain: domain.id }
  const current = domain.keys.filter(({ state }) => state !== 'gone')
  const gone = domain.keys.filter(({ state }) => state === 'gone')
  const signs = current.some(({ state }) => state === 'active')
  const isWaiting = current.some(({ state }) => state === 'pending' || state === 'seen')
  const make = async () => {
    const agreed =
      !signs ||
      (await confirm({
        title: `${domain.domain} gets new keys`,
        body: rotationBody(domain.overlapDays),
        act: 'Make new keys',
      }))
    if (agreed) add.mutate({ params, body: {} })
  }
  return (
    <Panel
      title={domain.domain}
      flush
      actions={
        <>
          <StatusWord of="signing" state={domain.state} />
          {may && domain.validated && !isWaiting && (
            <Button size="xs" variant={signs ? 'default' : 'filled'} loading={add.isPending} onClick={make}>
              {signs ? 'Rotate keys' : 'Make keys'}
              <span className="hidden-visually"> of {domain.domain}</span>
            </Button>
          )}
        </>
      }
    >
      <PanelBody>
        <div className={stack.stack} role="status">
          <StateSentence domain={domain} />
          <ProblemNote error={add.error} />
        </div>
      </PanelBody>
      {current.map((key) => (
        <KeyView key={key.id} signingKey={key} may={may} />
      ))}
      {gone.length > 0 && (
        <PanelBody>
          <Fold
            title={`${plural(gone.length, 'key')} whose ${gone.length === 1 ? 'record' : 'records'} may be deleted`}
          >
            {gone.map((key) => (
              <KeyView key={key.id} signingKey={key} may={may} />
            ))}
          </Fold>
        </PanelBody>
      )}
      {test.data && (
        <PanelBody>
          <CheckList checks={test.data.checks} label={`Test of the signatures of ${domain.domain}`} />
        </PanelBody>
      )}
      {open === 'rotation' && <RotationForm domain={domain} onDone={() => setOpen(null)} />}
      {open === 'import' && <ImportKey domain={domain} onClose={() => setOpen(null)} />}
      {domain.validated && (
        <PanelFoot>
          <span className={classes.foot}>{rotationWords(domain)}</span>
          {may && (
            <span className={stack.row}>
              {signs && (
                <Button
                  size="xs"
                  variant="default"
                  loading={test.isPending}
                  onClick={() => test.mutate({ params, body: {} })}
                >
                  Test<span className="hidden-visually"> signing of {domain.domain}</span>
                </Button>
              )}
              <Button size="xs" variant="subtle" color="gray" onClick={() => setOpen('rotation')}>
                Rotation<span className="hidden-visually"> of {domain.domain}</span>
              </Button>
              <Button size="xs" variant="subtle" color="gray" onClick={() => setOpen('import')}>
                Import a key<span className="hidden-visually"> for {domain.domain}</span>
              </Button>
            </span>
          )}
        </PanelFoot>
      )}
    </Panel>
  )
}

function rotationBody(days: number): string {
  return (
    'You publish their records; as soon as they are seen, mail is signed with them. The records of the old keys ' +
    `must stay for ${plural(days, 'day')}, for mail under way.`
  )
}

function StateSentence({ domain }: { readonly domain: SigningDomain }) {
  if (!domain.validated) return <p>Validate this domain first: only your own domains are signed for.</p>
  switch (domain.state) {
    case 'unsigned':
      return <p>Mail leaves unsigned. Make keys, publish their records, and the rest goes by itself.</p>
    case 'waiting':
      return (
        <p>
          Publish the records below at the DNS of {domain.domain}. We look by ourselves, so you may close this
          page.
        </p>
      )
    case 'off':
      return <p>Signing is switched off for this domain. Its keys and records stay as they are.</p>
    case 'attention':
      return (
        <Note tone="warn" title="The record of a key in use is not as it should be">
          <p>
            Receivers cannot verify this signature now. Publish the record below again, or rotate the keys.
          </p>
        </Note>
      )
    case 'signed':
      return <p>Mail of {domain.domain} leaves signed. We look at its records every hour.</p>
  }
}

function rotationWords({ rotateDays, rotatesAt, overlapDays }: SigningDomain): string {
  const overlap = `old records stay ${plural(overlapDays, 'day')}`
  if (rotateDays === null) return `Rotates when you ask for it; ${overlap}.`
  const next = rotatesAt === null ? '' : ` (next on ${date(rotatesAt)})`
  return `Makes new keys every ${plural(rotateDays, 'day')}${next}; ${overlap}.`
}
