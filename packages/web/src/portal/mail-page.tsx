// Mail that reached an end user (H5), and what they say of it: spam, phishing, or wanted after all.
import { listOwnMail, listOwnSenders, type OwnMail, reportOwnMail } from '@gatepost/contract/portal.ts'
import { Button, Menu } from '@mantine/core'
import { IconFlag } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useWords } from '#i18n/i18n.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { HostText } from '#shared/host-text.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { usePages } from '#shared/pages.tsx'
import { SearchField } from '#shared/search-field.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './portal.module.css'
import { usePortalTenant } from './use-portal.ts'

const LIMIT = 50
/** Mail goes on coming while the page is open. */
const FRESH_MS = 15_000

export function PortalMailPage() {
  const t = useWords('portal')
  const tenant = usePortalTenant()
  const pages = usePages()
  const [search, setSearch] = useState('')
  const query = {
    limit: LIMIT,
    ...(pages.after ? { after: pages.after } : {}),
    ...(search === '' ? {} : { search }),
  }
  const mail = useEndpoint(
    listOwnMail,
    { params: { tenant }, query },
    { enabled: tenant !== '', keepPrevious: true, refetchInterval: FRESH_MS },
  )
  const report = useAction(reportOwnMail, { readAgain: [listOwnMail, listOwnSenders] })
  useEffect(() => {
    document.title = `${t('mail.title')} · Gatepost`
  }, [t])
  const { data } = mail
  const done = report.data
  return (
    <main id="main" className={classes.main}>
      <h1>{t('mail.title')}</h1>
      <p className={classes.lead}>{t('mail.lead')}</p>
      <SearchField
        value={search}
        onChange={setSearch}
        label={t('mail.search')}
        placeholder={t('mail.search')}
      />
      {done && (
        <Note
          tone={done.outcome === 'no-copy' || done.outcome === 'limit' ? 'info' : 'ok'}
          title={t(`mail.done.${done.outcome}`)}
          role="status"
        >
          {done.outcome === 'no-copy' && data && (
            <p>{t('mail.forwardIt', { address: addressFor(done.reported, data.reportTo) })}</p>
          )}
          {done.blocked !== null && <p>{t('mail.blockedNow', { sender: done.blocked })}</p>}
        </Note>
      )}
      {(mail.error ?? report.error) && <ProblemNote error={mail.error ?? report.error} />}
      {!data && !mail.error && <SkeletonRows rows={4} />}
      {data && data.items.length === 0 && (
        <EmptyState title={t('mail.none')}>
          <p>{t('mail.noneText')}</p>
        </EmptyState>
      )}
      <ul className={classes.items}>
        {data?.items.map((item) => (
          <Item
            key={item.id}
            item={item}
            running={report.isPending}
            onReport={(kind) =>
              report.mutate({ params: { tenant, message: item.id }, body: { kind, block: true } })
            }
          />
        ))}
      </ul>
      {data?.next && (
        <Button variant="default" onClick={() => pages.older(data.next ?? '')}>
          {t('held.more')}
        </Button>
      )}
      {data && (
        <p className={`${classes.elsewhere} small tx2`}>
          {t('mail.byLetter', { address: data.reportTo.spam })}
        </p>
      )}
    </main>
  )
}

type Kind = NonNullable<OwnMail['reported']>

type ItemProps = {
  readonly item: OwnMail
  readonly running: boolean
  readonly onReport: (kind: Kind) => void
}

function Item({ item, running, onReport }: ItemProps) {
  const t = useWords('portal')
  const subject = item.subject || t('held.noSubject')
  const isBad = item.reported === 'spam' || item.reported === 'phish'
  return (
    <li className={classes.mail}>
      <div>
        <p className={classes.head}>
          <span className="tx2">
            <HostText>{item.author ?? t('held.nobody')}</HostText>
          </span>
          <span className="small tx2">
            <RelativeTime at={item.at} />
          </span>
        </p>
        <h2 className={classes.subject}>{subject}</h2>
        {item.reported && <p className="small tx2">{t(`mail.said.${item.reported}`)}</p>}
      </div>
      {isBad ? (
        <Button variant="default" disabled={running} onClick={() => onReport('wanted')}>
          {t('mail.takeBack')}
          <span className="hidden-visually">: {subject}</span>
        </Button>
      ) : (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="subtle" disabled={running} leftSection={<IconFlag size={15} aria-hidden />}>
              {t('mail.report')}
              <span className="hidden-visually">: {subject}</span>
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => onReport('spam')}>{t('mail.spam')}</Menu.Item>
            <Menu.Item onClick={() => onReport('phish')}>{t('mail.phish')}</Menu.Item>
            <Menu.Item onClick={() => onReport('wanted')}>{t('mail.wanted')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </li>
  )
}

function addressFor(
  kind: Kind | null,
  { spam, phish, wanted }: { spam: string; phish: string; wanted: string },
) {
  return kind === 'phish' ? phish : kind === 'wanted' ? wanted : spam
}
