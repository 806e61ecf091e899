// A claim of a domain that another organisation holds: its three conditions, each derived and with its time.
import { getConnect } from '@gatepost/contract/connect.ts'
import { addDomain, type Domain, type DomainClaim, listDomains } from '@gatepost/contract/domain.ts'
import { Button } from '@mantine/core'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { date, dateTime } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { StatusIcon } from '#shared/status-word.tsx'
import type { StateOf } from '#shared/vocabulary.ts'
import classes from './domains.module.css'

type Condition = { readonly name: string; readonly state: StateOf<'check'>; readonly saw: string }

/** Somebody else has the domain: it may be claimed. */
export function ClaimOffer({ name }: { readonly name: string }) {
  const t = useWords('domains')
  const tenant = useSlug()
  const add = useAction(addDomain, { readAgain: [listDomains, getConnect] })
  return (
    <div className={stack.stack}>
      <p className="tx2">{t('claim.offer')}</p>
      {add.error && <ProblemNote error={add.error} />}
      <div>
        <Button
          variant="default"
          loading={add.isPending}
          onClick={() => add.mutate({ params: { tenant }, body: { name, claim: true } })}
        >
          {t('claim.act')}
        </Button>
      </div>
    </div>
  )
}

/** Used on the domain's own page and, with the evidence, by the operator. */
export function ClaimConditions({ domain, claim }: { readonly domain: string; readonly claim: DomainClaim }) {
  const t = useWords('domains')
  return (
    <>
      <p>{t('claim.means', { domain, day: date(claim.expiresAt) })}</p>
      <ClaimList claim={claim} label={t('claim.conditions', { domain })} />
    </>
  )
}

type ListProps = {
  readonly claim: DomainClaim
  readonly label: string
  /** The operator reads of the claimant's record, and of the own word. */
  readonly forOperator?: boolean
}

export function ClaimList({ claim, label, forOperator = false }: ListProps) {
  const t = useWords('domains')
  return (
    <ul className={classes.conditions} aria-label={label}>
      {conditionsOf(claim, t, forOperator).map(({ name, state, saw }) => (
        <li key={name}>
          <StatusIcon of="check" state={state} />
          <span>
            <strong>{name}</strong> {saw}
          </span>
        </li>
      ))}
    </ul>
  )
}

function conditionsOf(
  { proof, gone, consent }: DomainClaim,
  t: Words,
  forOperator: boolean,
): readonly Condition[] {
  const unknown = forOperator ? 'claim.newGoneUnknown' : 'claim.goneUnknown'
  const hours = { hours: gone.hours, needed: gone.hoursNeeded }
  return [
    {
      name: t(forOperator ? 'claim.newProof' : 'claim.proof'),
      state: proof.met ? 'passed' : proof.since === null ? 'not-run' : 'running',
      saw:
        proof.since === null || proof.metAt === null
          ? t('claim.proofWaits')
          : t(proof.met ? 'claim.proofMet' : 'claim.proofStands', {
              since: dateTime(proof.since),
              at: dateTime(proof.metAt),
            }),
    },
    {
      name: t('claim.gone'),
      state: gone.met ? 'passed' : gone.state === 'gone' ? 'running' : 'not-run',
      saw:
        gone.since === null
          ? t(gone.state === 'there' ? 'claim.goneNot' : unknown)
          : t('claim.goneFor', { ...hours, since: dateTime(gone.since) }),
    },
    {
      name: t(forOperator ? 'claim.yourConsent' : 'claim.consent'),
      state: consent === 'awaited' ? 'running' : 'not-run',
      saw: t(consent === 'awaited' ? 'claim.consentAwaited' : 'claim.consentEarly'),
    },
  ]
}

/** Who holds the domain reads that somebody else proved it. */
export function Contested({ domain: { name, contested } }: { readonly domain: Domain }) {
  const t = useWords('domains')
  if (contested === null) return null
  const { since, gone } = contested
  return (
    <Note
      tone={gone.state === 'gone' ? 'bad' : 'warn'}
      title={t('contested.title', { domain: name, since: dateTime(since) })}
    >
      <p>
        {gone.state === 'gone'
          ? t('contested.gone', { hours: gone.hours, needed: gone.hoursNeeded })
          : t('contested.there')}
      </p>
    </Note>
  )
}
