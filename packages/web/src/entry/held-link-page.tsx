// The page behind a digest's link (H4): looking changes nothing; a button acts, once. Works without an
// account.
import { actOnDigestLink, type DigestItem, viewDigestLink } from '@gatepost/contract/digest.ts'
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { call } from '#api/call.ts'
import { Mark } from '#app/shell/mark.tsx'
import { useWords } from '#i18n/i18n.ts'
import { useClassWords } from '#portal/class-words.ts'
import { Facts } from '#shared/facts.tsx'
import { HostText } from '#shared/host-text.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { FullTime } from '#shared/time.tsx'
import classes from './entry.module.css'

export function HeldLinkPage() {
  const t = useWords('portal')
  // It stands behind the #, which browsers never send: no log of a proxy learns it.
  const hash = useLocation({ select: (location) => location.hash })
  const token = new URLSearchParams(hash).get('token') ?? ''
  const { data, error } = useQuery({
    queryKey: ['viewDigestLink', token],
    queryFn: () => call(viewDigestLink, { body: { token } }),
    enabled: token !== '',
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const act = useMutation({
    mutationFn: (action: DigestItem['may'][number]) => call(actOnDigestLink, { body: { token, action } }),
  })
  useEffect(() => {
    document.title = `${t('link.title')} · Gatepost`
  }, [t])
  const item = act.data ?? data
  return (
    <main id="main" className={`${classes.ground} ${classes.centre}`}>
      <div className={classes.brand}>
        <Mark size={30} />
        {item?.organisation || 'Gatepost'}
      </div>
      <div className={`${classes.card} ${stack.stack}`}>
        <h1>{item?.subject || t('link.title')}</h1>
        {(error ?? act.error) && <ProblemNote error={error ?? act.error} focus />}
        {token === '' && <Note tone="warn" title={t('link.over')} />}
        {token !== '' && !item && !error && <SkeletonRows rows={3} label={t('link.checking')} />}
        {item && <Shown item={item} isRunning={act.isPending} onAct={(action) => act.mutate(action)} />}
        <p className="small">
          <Link to="/portal">{t('link.portal')}</Link>
        </p>
      </div>
    </main>
  )
}

type ShownProps = {
  readonly item: DigestItem
  readonly isRunning: boolean
  readonly onAct: (action: DigestItem['may'][number]) => void
}

function Shown({ item, isRunning, onAct }: ShownProps) {
  const t = useWords('portal')
  const words = useClassWords()(item)
  const isOpen = item.state === 'open'
  return (
    <>
      {!isOpen && (
        <Note
          tone={item.state === 'decided' ? 'ok' : 'warn'}
          title={item.state === 'decided' ? t('link.done') : t('link.over')}
          role="status"
        >
          {item.what}
        </Note>
      )}
      {item.recipient !== '' && (
        <>
          <p className="tx2">
            {t('link.for', { recipient: item.recipient, organisation: item.organisation })}
          </p>
          <Facts
            rows={[
              [words.name, words.why],
              [t('link.from'), <HostText key="from">{item.author ?? t('held.nobody')}</HostText>],
              ...(item.heldAt === null
                ? []
                : [[t('link.at'), <FullTime key="at" at={item.heldAt} />] as const]),
            ]}
          />
        </>
      )}
      {isOpen && item.what !== '' && <Note tone="info" title={item.what} />}
      {isOpen && item.may.length > 0 && (
        <>
          <p className="tx2">{t('link.decide')}</p>
          <div className={stack.stack}>
            {item.may.map((action, at) => (
              <Button
                key={action}
                size="md"
                fullWidth
                variant={at === 0 ? 'filled' : 'default'}
                disabled={isRunning}
                onClick={() => onAct(action)}
              >
                {t(`held.${action}`)}
              </Button>
            ))}
          </div>
        </>
      )}
    </>
  )
}
