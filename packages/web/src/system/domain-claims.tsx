// Domains that one organisation holds and another has proven: the evidence, and the operator's word (C1).
import { type ClaimCase, handDomainOver, listDomainClaims } from '@gatepost/contract/domain.ts'
import { getPortfolio } from '@gatepost/contract/portfolio.ts'
import { Button } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay } from '#app/session.ts'
import { ClaimList } from '#console/domains/claim-conditions.tsx'
import { useWords } from '#i18n/i18n.ts'
import { useSaid } from '#i18n/said.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { date } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { CheckedLine } from '#shared/time.tsx'

/** Nothing while there is none. */
export function DomainClaims() {
  const { data } = useEndpoint(listDomainClaims, {}, { refetchInterval: 60_000 })
  return (data?.items ?? []).map((one) => <Claim key={one.id} one={one} />)
}

function Claim({ one }: { readonly one: ClaimCase }) {
  const t = useWords('system')
  const may = useMay('system:write')
  const confirm = useConfirm()
  const handOver = useAction(handDomainOver, { readAgain: [listDomainClaims, getPortfolio] })
  const { name, claim, operators } = one
  const holder = one.holder.name
  const claimant = one.claimant.name
  const ask = async () => {
    const agreed = await confirm({
      title: t('claims.confirm', { name, claimant }),
      body: t('claims.consequence', { holder }),
      act: t('claims.act'),
    })
    if (agreed) handOver.mutate({ params: { claim: one.id } })
  }
  return (
    <Note tone="warn" title={t('claims.title', { name, claimant })}>
      <div className={stack.tight}>
        <p>{t('claims.means', { holder, day: date(claim.expiresAt) })}</p>
        <ClaimList claim={claim} label={t('claims.waits')} forOperator />
        <Evidence one={one} />
        {handOver.error && <ProblemNote error={handOver.error} />}
        {may && claim.consent === 'awaited' && operators === 0 && (
          <div>
            <Button variant="default" loading={handOver.isPending} onClick={() => void ask()}>
              {t('claims.act')}
            </Button>
          </div>
        )}
      </div>
    </Note>
  )
}

function Evidence({ one: { holder, claimant, names, accounts, operators } }: { readonly one: ClaimCase }) {
  const t = useWords('system')
  const say = useSaid()
  return (
    <>
      <p>
        {t('claims.seenNew', { claimant: claimant.name, saw: say(claimant.seen.said, claimant.seen.weSee) })}
      </p>
      <CheckedLine checkedAt={claimant.seen.checkedAt} nextCheckAt={null} />
      <p>{t('claims.seenOld', { holder: holder.name, saw: say(holder.seen.said, holder.seen.weSee) })}</p>
      <CheckedLine checkedAt={holder.seen.checkedAt} nextCheckAt={null} />
      <p>
        {t('claims.names', { names: names.join(', ') })}
        {accounts > 0 && ` ${t('claims.accounts', { count: accounts })}`}
        {operators > 0 && ` ${t('claims.operators')}`}
      </p>
    </>
  )
}
