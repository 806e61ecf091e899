// One domain: whether its mail leaves signed, its keys in the order of their lives, and what can be done.

import { addSigningKeys, getSigning, type SigningDomain, testSigning } from '@gatepost/contract/signing.ts'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { CheckList } from '#shared/check-list.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { date } from '#shared/format.ts'
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
  const t = useWords('flow')
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
        title: t('signingDomain.getsNewKeys', { domain: domain.domain }),
        body: rotationBody(t, domain.overlapDays),
        act: t('signingDomain.makeNewKeys'),
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
              {signs ? t('signingDomain.rotateKeys') : t('signingDomain.makeKeys')}
              <span className="hidden-visually">{t('signingDomain.of', { domain: domain.domain })}</span>
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
          <Fold title={t('signingDomain.keysWhoseRecordsMayBe', { count: gone.length })}>
            {gone.map((key) => (
              <KeyView key={key.id} signingKey={key} may={may} />
            ))}
          </Fold>
        </PanelBody>
      )}
      {test.data && (
        <PanelBody>
          <CheckList
            checks={test.data.checks}
            label={t('signingDomain.testOfTheSignaturesOf', { domain: domain.domain })}
          />
        </PanelBody>
      )}
      {open === 'rotation' && <RotationForm domain={domain} onDone={() => setOpen(null)} />}
      {open === 'import' && <ImportKey domain={domain} onClose={() => setOpen(null)} />}
      {domain.validated && (
        <PanelFoot>
          <span className={classes.foot}>{rotationWords(t, domain)}</span>
          {may && (
            <span className={stack.row}>
              {signs && (
                <Button
                  size="xs"
                  variant="default"
                  loading={test.isPending}
                  onClick={() => test.mutate({ params, body: {} })}
                >
                  {t('signingDomain.test')}
                  <span className="hidden-visually">
                    {t('signingDomain.signingOf', { domain: domain.domain })}
                  </span>
                </Button>
              )}
              <Button size="xs" variant="subtle" color="gray" onClick={() => setOpen('rotation')}>
                {t('signingDomain.rotation')}
                <span className="hidden-visually">{t('signingDomain.of', { domain: domain.domain })}</span>
              </Button>
              <Button size="xs" variant="subtle" color="gray" onClick={() => setOpen('import')}>
                {t('signingDomain.importAKey')}
                <span className="hidden-visually">{t('signingDomain.for', { domain: domain.domain })}</span>
              </Button>
            </span>
          )}
        </PanelFoot>
      )}
    </Panel>
  )
}

function rotationBody(t: Words, days: number): string {
  return t('signingDomain.youPublishTheirRecordsAs', { count: days })
}

function StateSentence({ domain }: { readonly domain: SigningDomain }) {
  const t = useWords('flow')
  if (!domain.validated) return <p>{t('signingDomain.validateThisDomainFirst')}</p>
  switch (domain.state) {
    case 'unsigned':
      return <p>{t('signingDomain.mailLeavesUnsignedMakeKeys')}</p>
    case 'waiting':
      return <p>{t('signingDomain.publishTheRecordsBelowAt', { domain: domain.domain })}</p>
    case 'off':
      return <p>{t('signingDomain.signingIsSwitchedOffFor')}</p>
    case 'attention':
      return (
        <Note tone="warn" title={t('signingDomain.theRecordOfAKeyInUseIsNot')}>
          <p>{t('signingDomain.receiversCannotVerifyThis')}</p>
        </Note>
      )
    case 'signed':
      return <p>{t('signingDomain.mailOfLeavesSignedWeLookAt', { domain: domain.domain })}</p>
  }
}

function rotationWords(t: Words, { rotateDays, rotatesAt, overlapDays }: SigningDomain): string {
  const overlap = t('signingDomain.oldRecordsStayDays', { count: overlapDays })
  if (rotateDays === null) return t('signingDomain.rotatesWhenYouAskForIt', { overlap })
  const next = rotatesAt === null ? '' : t('signingDomain.nextOn', { rotatesAt: date(rotatesAt) })
  return t('signingDomain.makesNewKeysEveryDays', { count: rotateDays, next, overlap })
}
