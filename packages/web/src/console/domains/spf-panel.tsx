// SPF of a domain: evaluated for every address we send from, with its look-ups, what is wrong, and the exact
// edit. Used by Domains and by C6.
import { evaluateSpf, type SpfReport } from '@gatepost/contract/signing.ts'
import { Button } from '@mantine/core'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { plural } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { Fold, Note, ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { CheckedLine } from '#shared/time.tsx'
import classes from './domains.module.css'

export function SpfView({ domain }: { readonly domain: string }) {
  const tenant = useSlug()
  const { data, error, refetch, isFetching } = useEndpoint(evaluateSpf, { params: { tenant, domain } })
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows rows={2} />
  return (
    <div className={stack.stack}>
      <Verdict report={data} />
      {data.findings.length > 0 && (
        <ul className={classes.findings} aria-label={`What we found in the SPF record of ${data.domain}`}>
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
          Evaluate again<span className="hidden-visually"> the SPF of {data.domain}</span>
        </Button>
      </div>
    </div>
  )
}

function Verdict({ report }: { readonly report: SpfReport }) {
  const { domain, state, senders } = report
  const passing = senders.filter(({ result }) => result === 'pass').length
  switch (state) {
    case 'right':
      return (
        <Note tone="ok" title={`Mail of ${domain} that leaves through us passes SPF`} role="status">
          <p>{plural(senders.length, 'address', 'addresses')} of ours evaluated, all pass.</p>
        </Note>
      )
    case 'missing':
      return (
        <Note tone="warn" title={`${domain} has no SPF record`} role="status">
          <p>Receivers then cannot tell your servers from others. Enter the record below.</p>
        </Note>
      )
    case 'wrong':
      return (
        <Note tone="bad" title={`Mail of ${domain} that leaves through us does not pass SPF`} role="status">
          <p>
            {passing} of {senders.length} of our addresses pass.
          </p>
        </Note>
      )
    case 'unknown':
      return (
        <Note tone="mute" title={`Nobody could tell what the record of ${domain} says`} role="status">
          <p>A name server did not answer. Evaluate again in a moment.</p>
        </Note>
      )
  }
}

function Edit({ edit }: { readonly edit: NonNullable<SpfReport['edit']> }) {
  return (
    <section className={stack.tight} aria-label="The record to enter">
      <h3 className={classes.small}>
        {edit.before === null ? 'Enter this TXT record' : 'Change the record'}
      </h3>
      {edit.before !== null && (
        <pre className={classes.before}>
          <span className="hidden-visually">Now: </span>
          {edit.before}
        </pre>
      )}
      <pre className={classes.after}>
        <span className="hidden-visually">Instead: </span>
        {edit.after}
      </pre>
      <div>
        <CopyButton value={edit.after} label="Copy SPF value" text />
      </div>
    </section>
  )
}

function Details({ report }: { readonly report: SpfReport }) {
  const { senders, terms, lookUps, lookUpsMax } = report
  return (
    <Fold title={`How it was evaluated (${lookUps} of ${lookUpsMax} look-ups)`}>
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
          `Term ${at + 1}`,
          <span key={term}>
            <HostText>{term}</HostText>
            <span className="tx2">
              {[cost > 0 ? plural(cost, 'look-up') : '', note ?? '']
                .filter(Boolean)
                .map((text) => `, ${text}`)}
            </span>
          </span>,
        ])}
      />
    </Fold>
  )
}
