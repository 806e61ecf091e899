// What a way to validate recipients means for the mail of a domain.

import type { Domain, RecipientMode } from '@gatepost/contract/domain.ts'
import { useWords } from '#i18n/i18n.ts'
import { date } from '#shared/format.ts'
import { Note } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'

export function Consequence({ domain, mode }: { readonly domain: Domain; readonly mode: RecipientMode }) {
  const t = useWords('domains')
  if (mode === 'learning') return <Learning domain={domain} />
  if (mode === 'accept-all') {
    return (
      <Note tone="warn" title={t('all.title')}>
        <p>{t('all.means')}</p>
      </Note>
    )
  }
  if (mode === 'call-forward') {
    return (
      <Note tone="info" title={t('ask.title')}>
        <p>{t('ask.means')}</p>
      </Note>
    )
  }
  if (domain.userCount === 0) {
    return (
      <Note tone="bad" title={t('noUser', { domain: domain.name })}>
        <p>{t('noUserMeans')}</p>
      </Note>
    )
  }
  return (
    <Note tone="info" title={t('reaches', { count: domain.userCount, domain: domain.name })}>
      <p>{t('reachesMeans')}</p>
    </Note>
  )
}

function Learning({ domain }: { readonly domain: Domain }) {
  const t = useWords('domains')
  const { learningUntil } = domain
  const now = useNow()
  if (domain.recipientMode !== 'learning' || learningUntil === null) {
    return (
      <Note tone="info" title={t('learn.title')}>
        <p>{t('learn.means')}</p>
      </Note>
    )
  }
  if (learningUntil <= now) {
    return (
      <Note tone="warn" title={t('learn.over')}>
        <p>{t('learn.overMeans')}</p>
      </Note>
    )
  }
  return (
    <Note tone="info" title={t('learn.now', { domain: domain.name })}>
      <p>{t('learn.nowMeans', { day: date(learningUntil) })}</p>
    </Note>
  )
}
