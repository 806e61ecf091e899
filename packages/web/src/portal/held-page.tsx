// Held mail of an end user (H5): what waits for them, a safe look, and what they may do about it.
import {
  actOnOwnHeld,
  getPortal,
  listOwnHeld,
  type OwnHeld,
  previewOwnHeld,
} from '@gatepost/contract/portal.ts'
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type * as z from 'zod'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useWords } from '#i18n/i18n.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { HostText } from '#shared/host-text.tsx'
import { MailView } from '#shared/mail-view.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { usePages } from '#shared/pages.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import { useClassWords } from './class-words.ts'
import classes from './portal.module.css'
import { usePortalTenant } from './use-portal.ts'

const LIMIT = 30
const FRESH_MS = 15_000

export function PortalHeldPage() {
  const t = useWords('portal')
  const tenant = usePortalTenant()
  const pages = usePages()
  const portal = useEndpoint(getPortal, { params: { tenant } }, { enabled: tenant !== '' })
  const query = { limit: LIMIT, ...(pages.after ? { after: pages.after } : {}) }
  const held = useEndpoint(
    listOwnHeld,
    { params: { tenant }, query },
    { enabled: tenant !== '', keepPrevious: true, refetchInterval: FRESH_MS },
  )
  const act = useAction(actOnOwnHeld, { readAgain: [listOwnHeld, getPortal] })
  useEffect(() => {
    document.title = `${t('held.title')} · Gatepost`
  }, [t])
  const own = portal.data?.mailboxes.find((one) => one.own)
  const waiting = portal.data?.held ?? 0
  return (
    <main id="main" className={classes.main}>
      <h1>{waiting > 0 ? t('held.count', { count: waiting }) : t('held.title')}</h1>
      <p className={classes.lead}>
        {own ? t('mailFor', { address: own.address }) : null} {t('held.lead')}
      </p>
      {act.data && (
        <Note
          tone={act.data.left.length > 0 ? 'warn' : 'ok'}
          title={t('held.done', { count: act.data.messages })}
          role="status"
        >
          {act.data.left.map(({ id, why }) => (
            <p key={id}>{why}</p>
          ))}
        </Note>
      )}
      {(held.error ?? act.error) && <ProblemNote error={held.error ?? act.error} />}
      {!held.data && !held.error && <SkeletonRows rows={4} />}
      {portal.data && !own && (
        <EmptyState title={t('noMailbox')}>
          <p>{t('noMailboxText')}</p>
        </EmptyState>
      )}
      {held.data && own && held.data.items.length === 0 && (
        <EmptyState title={t('held.none')}>
          <p>{t('held.noneText')}</p>
        </EmptyState>
      )}
      <ul className={classes.items}>
        {held.data?.items.map((item) => (
          <Item
            key={item.id}
            item={item}
            isShared={portal.data !== undefined && portal.data.mailboxes.length > 1}
            running={act.isPending}
            onAct={(action) =>
              act.mutate({ params: { tenant }, body: { action, messages: [item.id], text: '' } })
            }
          />
        ))}
      </ul>
      {held.data?.next && (
        <Button variant="default" onClick={() => pages.older(held.data?.next ?? '')}>
          {t('held.more')}
        </Button>
      )}
      {own && (
        <p className={classes.elsewhere}>
          <Link to="/portal/refused">{t('held.elsewhere')}</Link>
        </p>
      )}
    </main>
  )
}

type ItemProps = {
  readonly item: OwnHeldItem
  readonly isShared: boolean
  readonly running: boolean
  readonly onAct: (action: OwnHeldItem['may'][number]) => void
}
type OwnHeldItem = z.infer<typeof OwnHeld>

function Item({ item, isShared, running, onAct }: ItemProps) {
  const t = useWords('portal')
  const words = useClassWords()(item)
  const [isOpen, setOpen] = useState(false)
  // What cannot be undone is offered to those who looked.
  const offered = isOpen ? item.may : item.may.slice(0, 1)
  return (
    <li className={classes.item}>
      <p className={classes.head}>
        <span className="tx2">
          <HostText>{item.author ?? t('held.nobody')}</HostText>
          {isShared && <> {t('held.for', { address: item.recipient })}</>}
        </span>
        <span className="small tx2">
          <RelativeTime at={item.heldAt} />
        </span>
      </p>
      <h2 className={classes.subject}>{item.subject || t('held.noSubject')}</h2>
      <p className="tx2">
        <strong>{words.name}</strong>: {words.why}
        {item.firstContact && <> · {t('held.firstContact')}</>}
      </p>
      <p className="small tx2">
        {t('held.ends')} <FullTime at={item.endsAt} />
        {item.requestedAt !== null && <> · {t('held.asked')}</>}
      </p>
      <div className={classes.buttons}>
        {offered.map((action, at) => (
          <Button
            key={action}
            variant={at === 0 ? 'filled' : 'default'}
            disabled={running}
            onClick={() => onAct(action)}
          >
            {t(`held.${action}`)}
            <span className="hidden-visually">: {item.subject || t('held.noSubject')}</span>
          </Button>
        ))}
        {item.may.length === 0 ? (
          <span className="small tx2">{t('held.administrators')}</span>
        ) : (
          <Button variant="subtle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? t('held.hide') : t('held.look')}
            <span className="hidden-visually">: {item.subject || t('held.noSubject')}</span>
          </Button>
        )}
      </div>
      {isOpen && <Look message={item.id} />}
    </li>
  )
}

function Look({ message }: { readonly message: string }) {
  const t = useWords('portal')
  const tenant = usePortalTenant()
  const { data, error } = useEndpoint(
    previewOwnHeld,
    { params: { tenant, message } },
    { staleTime: Number.POSITIVE_INFINITY },
  )
  if (error) return <ProblemNote error={error} />
  if (!data) return <SkeletonRows rows={3} />
  const odd = data.links.filter(({ differs }) => differs).slice(0, 10)
  return (
    <div className={classes.look}>
      {odd.length > 0 && (
        <Note tone="warn" title={t('held.linksElsewhere')}>
          {odd.map(({ text, href }) => (
            <p key={`${text} ${href}`}>
              <HostText>{t('held.leadsTo', { text, href })}</HostText>
            </p>
          ))}
        </Note>
      )}
      <MailView text={data.text} html={data.html} label={t('link.title')} />
      {data.attachments.length > 0 && (
        <p className="small">
          {t('held.attachments')}: {data.attachments.map(({ name }) => name).join(', ')}
        </p>
      )}
    </div>
  )
}
