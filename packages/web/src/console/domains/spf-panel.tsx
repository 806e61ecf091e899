// SPF of a domain: evaluated for every address we send from, with its look-ups, what is wrong, and the exact
// edit. Used by Domains and by C6.

import { evaluateSpf, type SpfReport } from '@gatepost/contract/signing.ts'
import { Button } from '@mantine/core'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { HostText } from '#shared/host-text.tsx'
import { Fold, Note, ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { CheckedLine } from '#shared/time.tsx'
import classes from './domains.module.css'

export function SpfView({ domain }: { readonly domain: string }) {
  const t = useWords('domains')
  const tenant = useSlug()
  const { data, error, refetch, isFetching } = useEndpoint(evaluateSpf, { params: { tenant, domain } })
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows rows={2} />
  return (
    <div className={stack.stack}>
      <Verdict report={data} />
      {data.findings.length > 0 && (
        <ul className={classes.findings} aria-label={t('spf.found', { domain: data.domain })}>
          {data.findings.map(({ kind, text }) => (
            <li key={text} data-kind={kind}>
              {text}
            </li>
          ))}
        </ul>
      )}
      {data.edit && <Edit edit={data.edit} />}
      {data.records.length > 0 && <Details report={data} />}
      <div className={stack.row}>
        <CheckedLine checkedAt={data.checkedAt} nextCheckAt={null} />
        <Button size="xs" variant="default" loading={isFetching} onClick={() => void refetch()}>
          {t('spf.again')}
          <span className="hidden-visually"> {t('spf.of', { domain: data.domain })}</span>
        </Button>
      </div>
    </div>
  )
}

function Verdict({ report }: { readonly report: SpfReport }) {
  const t = useWords('domains')
  const { domain, state, senders } = report
  const passing = senders.filter(({ result }) => result === 'pass').length
  switch (state) {
    case 'right':
      return (
        <Note tone="ok" title={t('spf.passes', { domain })} role="status">
          <p>{t('spf.allPass', { count: senders.length })}</p>
        </Note>
      )
    case 'missing':
      return (
        <Note tone="warn" title={t('spf.none', { domain })} role="status">
          <p>{t('spf.noneMeans')}</p>
        </Note>
      )
    case 'wrong':
      return (
        <Note tone="bad" title={t('spf.fails', { domain })} role="status">
          <p>{t('spf.some', { passing, total: senders.length })}</p>
        </Note>
      )
    case 'unknown':
      return (
        <Note tone="mute" title={t('spf.unknown', { domain })} role="status">
          <p>{t('spf.unknownMeans')}</p>
        </Note>
      )
  }
}

function Edit({ edit }: { readonly edit: NonNullable<SpfReport['edit']> }) {
  const t = useWords('domains')
  return (
    <section className={stack.tight} aria-label={t('spf.enterLabel')}>
      <h3 className={classes.small}>{edit.before === null ? t('spf.enter') : t('spf.change')}</h3>
      {edit.before !== null && (
        <pre className={classes.before}>
          <span className="hidden-visually">{t('spf.now')} </span>
          {edit.before}
        </pre>
      )}
      <pre className={classes.after}>
        <span className="hidden-visually">{t('spf.instead')} </span>
        {edit.after}
      </pre>
      <div>
        <CopyButton value={edit.after} label={t('spf.copy')} text />
      </div>
    </section>
  )
}

function Details({ report }: { readonly report: SpfReport }) {
  const t = useWords('domains')
  const { senders, terms, lookUps, lookUpsMax } = report
  return (
    <Fold title={t('spf.how', { lookUps, most: lookUpsMax })}>
      <Facts
        rows={senders.map(({ address, result, because }) => [
          address,
          <span key={address}>
            <strong>{result}</strong>: {because}
          </span>,
        ])}
      />
      <Facts
        rows={terms.map(({ term, lookUps: cost, note }, at) => [
          t('spf.term', { number: at + 1 }),
          <span key={term}>
            <HostText>{term}</HostText>
            <span className="tx2">
              {[cost > 0 ? t('spf.lookUps', { count: cost }) : '', note ?? '']
                .filter(Boolean)
                .map((text) => `, ${text}`)}
            </span>
          </span>,
        ])}
      />
    </Fold>
  )
}
