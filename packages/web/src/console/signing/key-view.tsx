// One key: its stage, the record to publish with copy buttons, what servers say, and what can be done with
// it.

import {
  activateSigningKey,
  checkSigningKey,
  getSigning,
  removeSigningKey,
  retireSigningKey,
  type SigningKey,
} from '@gatepost/contract/signing.ts'
import { Button } from '@mantine/core'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { CheckButton } from '#shared/check-button.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { count, date } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { Block, Fold, ProblemNote } from '#shared/note.tsx'
import { ServersTable } from '#shared/servers-table.tsx'
import stack from '#shared/stack.module.css'
import { StatusWord } from '#shared/status-word.tsx'
import { CheckedLine } from '#shared/time.tsx'
import classes from './signing.module.css'

type Props = { readonly signingKey: SigningKey; readonly may: boolean }

export function KeyView({ signingKey: key, may }: Props) {
  const t = useWords('flow')
  const isOpen = key.state === 'pending' || (key.state === 'active' && key.record.state !== 'found')
  return (
    <section className={classes.key} aria-label={t('keyView.key', { selector: key.selector })}>
      <div className={classes.head}>
        <h3 className="mono">{key.selector}</h3>
        <span className="tx2">{kindOf(key)}</span>
        <StatusWord of="signingKey" state={key.state} />
        <span className={classes.stage}>{stageWords(t, key)}</span>
      </div>
      {isOpen ? (
        <Record signingKey={key} />
      ) : (
        key.state !== 'gone' && (
          <Fold title={t('keyView.itsRecord')}>
            <Record signingKey={key} />
          </Fold>
        )
      )}
      {may && <KeyActions signingKey={key} />}
    </section>
  )
}

function Record({ signingKey: key }: { readonly signingKey: SigningKey }) {
  const t = useWords('flow')
  const { record, recordParts } = key
  const line = `${record.name}. ${record.ttl} IN TXT ${recordParts.map((part) => `"${part}"`).join(' ')}`
  return (
    <div className={stack.tight}>
      <Facts
        rows={[
          [
            t('keyView.type'),
            <span key="type" className="mono">
              TXT
            </span>,
          ],
          [
            t('keyView.name'),
            <span key="name" className={stack.inline}>
              <HostText>{record.relativeName}</HostText>
              <CopyButton
                value={record.relativeName}
                label={t('keyView.copyNameOf', { selector: key.selector })}
              />
            </span>,
          ],
          [
            t('keyView.value'),
            <span key="value" className={stack.inline}>
              <HostText>{record.value}</HostText>
              <CopyButton value={record.value} label={t('keyView.copyValueOf', { selector: key.selector })} />
            </span>,
          ],
          [
            'TTL',
            <span key="ttl" className="mono">
              {record.ttl}
            </span>,
          ],
          [
            t('keyView.weSee'),
            <span key="state" className={stack.row}>
              <StatusWord of="record" state={record.state} />
              <span className="tx2">{record.weSee}</span>
            </span>,
          ],
        ]}
      />
      <div className={stack.row}>
        <CopyButton value={line} label={t('keyView.copyAsZoneLine')} text />
        <CopyButton value={shareText(t, key)} label={t('keyView.copyToSendToYourDnsTeam')} text />
      </div>
      {recordParts.length > 1 && (
        <Fold title={t('keyView.yourProviderAsksForPartsOf')}>
          <Block>{recordParts.join('\n')}</Block>
        </Fold>
      )}
      {record.servers.length > 0 && (
        <Fold title={t('keyView.whatEachServerSays')}>
          <ServersTable
            records={[record]}
            checkedAt={key.checkedAt}
            label={t('keyView.serversOf', { name: record.name })}
          />
        </Fold>
      )}
    </div>
  )
}

function KeyActions({ signingKey: key }: { readonly signingKey: SigningKey }) {
  const t = useWords('flow')
  const tenant = useSlug()
  const confirm = useConfirm()
  const readAgain = { readAgain: [getSigning] }
  const check = useAction(checkSigningKey, readAgain)
  const activate = useAction(activateSigningKey, {
    ...readAgain,
    said: () => ({ text: t('keyView.theKeySignsFromNowOn') }),
  })
  const retire = useAction(retireSigningKey, {
    ...readAgain,
    said: () => ({ text: t('keyView.theKeySignsNoMore') }),
  })
  const remove = useAction(removeSigningKey, {
    ...readAgain,
    said: () => ({ text: t('keyView.theKeyIsRemoved') }),
  })
  const input = { params: { tenant, key: key.id }, body: {} }
  const askRetire = async () => {
    const agreed = await confirm({
      title: t('keyView.signsNoMore', { selector: key.selector }),
      body: t('keyView.whereNoOtherKeyOfThis'),
      act: t('keyView.retireKey'),
      keep: t('keyView.keepSigning'),
    })
    if (agreed) retire.mutate(input)
  }
  const askRemove = async () => {
    const agreed = await confirm({
      title: t('keyView.isDestroyed', { selector: key.selector }),
      body: t('keyView.thePrivateKeyCannotBeHad'),
      act: t('keyView.removeKey'),
      keep: t('keyView.keepKey'),
    })
    if (agreed) remove.mutate({ params: input.params })
  }
  return (
    <div className={classes.foot}>
      <CheckedLine checkedAt={key.checkedAt} nextCheckAt={key.state === 'pending' ? key.nextCheckAt : null} />
      <span className={stack.row}>
        {key.state !== 'gone' && (
          <CheckButton
            of={key.selector}
            busy={check.isPending}
            error={check.error}
            onCheck={() => check.mutate(input)}
          />
        )}
        {(key.state === 'seen' || key.state === 'retiring') && (
          <Button
            size="xs"
            variant="default"
            loading={activate.isPending}
            onClick={() => activate.mutate(input)}
          >
            {key.state === 'seen' ? t('keyView.signWithItNow') : t('keyView.signWithItAgain')}
            <span className="hidden-visually"> ({key.selector})</span>
          </Button>
        )}
        {key.state === 'active' ? (
          <Button size="xs" variant="subtle" color="gray" onClick={askRetire}>
            {t('keyView.retire')}
            <span className="hidden-visually"> {key.selector}</span>
          </Button>
        ) : (
          <Button size="xs" variant="subtle" color="gray" onClick={askRemove}>
            {t('keyView.remove')}
            <span className="hidden-visually"> {key.selector}</span>
          </Button>
        )}
      </span>
      <ProblemNote error={activate.error ?? retire.error ?? remove.error} />
    </div>
  )
}

function kindOf({ algorithm, bits, origin }: SigningKey): string {
  const kind = algorithm === 'rsa-sha256' ? `RSA ${count(bits)}` : 'Ed25519'
  return origin === 'imported' ? `${kind}, imported` : kind
}

function stageWords(t: Words, key: SigningKey): string {
  switch (key.state) {
    case 'pending':
      return t('keyView.madeSignsOnceItsRecordIs', { createdAt: date(key.createdAt) })
    case 'seen':
      return t('keyView.itsRecordIsThereItSigns')
    case 'active':
      return key.activatedAt === null ? '' : t('keyView.signsSince', { activatedAt: date(key.activatedAt) })
    case 'retiring':
      return key.retireUntil === null
        ? ''
        : t('keyView.signsNoMoreKeepItsRecord', { retireUntil: date(key.retireUntil) })
    case 'gone':
      return t('keyView.itsRecordAtMayBeDeleted', { name: key.record.name })
  }
}

function shareText(t: Words, { domain, record, recordParts }: SigningKey): string {
  const parts = recordParts.map((part) => `"${part}"`).join(' ')
  return [
    t('keyView.aDnsRecordIsNeededForSo', { domain }),
    '',
    t('keyView.typeTxt'),
    t('keyView.name2', { name: record.name }),
    t('keyView.value2', { value: record.value }),
    '',
    t('keyView.inAZoneFileInTxt', { name: record.name, ttl: record.ttl, parts }),
    t('keyView.nothingElseIsToBeChangedIt'),
  ].join('\n')
}
