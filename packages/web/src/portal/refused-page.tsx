// What never reached an end user in the last seven days (H5).
import { listOwnRefused } from '@gatepost/contract/portal.ts'
import { Button } from '@mantine/core'
import { useEffect } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useWords } from '#i18n/i18n.ts'
import { useReason } from '#i18n/reason.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { usePages } from '#shared/pages.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './portal.module.css'
import { usePortalTenant } from './use-portal.ts'

const LIMIT = 50

export function PortalRefusedPage() {
  const t = useWords('portal')
  const say = useReason()
  const tenant = usePortalTenant()
  const pages = usePages()
  const query = { limit: LIMIT, ...(pages.after ? { after: pages.after } : {}) }
  const { data, error } = useEndpoint(
    listOwnRefused,
    { params: { tenant }, query },
    { enabled: tenant !== '', keepPrevious: true },
  )
  useEffect(() => {
    document.title = `${t('refused.title')} · Gatepost`
  }, [t])
  return (
    <main id="main" className={classes.main}>
      <h1>{t('refused.title')}</h1>
      <p className={classes.lead}>{t('refused.lead')}</p>
      {error && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows rows={4} />}
      {data && data.items.length === 0 && data.next === null && (
        <EmptyState title={t('refused.none')}>
          <p>{t('refused.noneText')}</p>
        </EmptyState>
      )}
      <ul className={classes.items}>
        {data?.items.map((item) => (
          <li key={item.id} className={classes.item}>
            <h2 className={classes.subject}>{item.subject || item.author || t('held.noSubject')}</h2>
            <p>
              <HostText>{t('held.from', { sender: item.author ?? t('held.nobody') })}</HostText>
            </p>
            <p className="tx2">
              <strong>{t(`refused.${item.status}`)}</strong>: {say(item.reason)}
            </p>
            <p className="small tx2">
              <RelativeTime at={item.at} />
            </p>
          </li>
        ))}
      </ul>
      {data?.next && (
        <Button variant="default" onClick={() => pages.older(data.next ?? '')}>
          {t('held.more')}
        </Button>
      )}
    </main>
  )
}
