// Domains that one organisation lost and another proved: the operator hands them over (C1).
import { handDomainOver, type LostDomain, listLostDomains } from '@gatepost/contract/domain.ts'
import { getPortfolio } from '@gatepost/contract/portfolio.ts'
import { Button } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { date } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'

/** Nothing while there is none. */
export function LostDomains() {
  const { data } = useEndpoint(listLostDomains, {}, { refetchInterval: 60_000 })
  return (data?.items ?? []).map((lost) => <Lost key={lost.id} lost={lost} />)
}

function Lost({ lost }: { readonly lost: LostDomain }) {
  const t = useWords('system')
  const may = useMay('system:write')
  const confirm = useConfirm()
  const handOver = useAction(handDomainOver, { readAgain: [listLostDomains, getPortfolio] })
  const { name, holder, claimant } = lost
  const ask = async () => {
    const agreed = await confirm({
      title: t('lostDomains.confirm', { name, claimant: claimant.name }),
      body: t('lostDomains.consequence', { holder: holder.name }),
      act: t('lostDomains.act'),
    })
    if (agreed) handOver.mutate({ params: { claim: lost.id } })
  }
  return (
    <Note tone="warn" title={t('lostDomains.title', { name, claimant: claimant.name })}>
      <p>{t('lostDomains.means', { holder: holder.name, since: date(lost.lostSince) })}</p>
      {handOver.error && <ProblemNote error={handOver.error} />}
      {may && (
        <Button variant="default" mt={8} loading={handOver.isPending} onClick={() => void ask()}>
          {t('lostDomains.act')}
        </Button>
      )}
    </Note>
  )
}
