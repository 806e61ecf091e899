// After a removal: what is gone, and the way back.
import { createPolicy, getPolicySummary, listPolicies, type PolicyDraft } from '@gatepost/contract/policy.ts'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Note, ProblemNote } from '#shared/note.tsx'

/** Where the last removed policy of this visit is kept. */
export const removedKey = (tenant: string) => ['removed-policy', tenant] as const

export function RemovedNote() {
  const tenant = useSlug()
  const words = useWords('policies')
  const client = useQueryClient()
  const { data: draft } = useQuery<PolicyDraft | null>({
    queryKey: removedKey(tenant),
    queryFn: () => null,
    enabled: false,
    initialData: null,
  })
  const restore = useAction(createPolicy, {
    readAgain: [listPolicies, getPolicySummary],
    onDone: () => client.setQueryData(removedKey(tenant), null),
  })
  if (!draft) return restore.error ? <ProblemNote error={restore.error} /> : null
  return (
    <Note tone="info" title={words('removed.title', { name: draft.name })} role="status">
      <p>{words('removed.text')}</p>
      <Button
        variant="default"
        loading={restore.isPending}
        onClick={() =>
          restore.mutate({ params: { tenant }, body: { draft, reason: words('removed.reason') } })
        }
      >
        {words('act.undo')}
      </Button>
      {restore.error && <ProblemNote error={restore.error} />}
    </Note>
  )
}
