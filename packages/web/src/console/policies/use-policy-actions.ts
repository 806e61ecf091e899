// Switching, copying and removing a policy, from the list and from its page alike.
import {
  duplicatePolicy,
  enablePolicy,
  getPolicy,
  getPolicyHistory,
  getPolicySummary,
  listPolicies,
  type Policy,
  PolicyDraft,
  removePolicy,
} from '@gatepost/contract/policy.ts'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { removedKey } from './removed-note.tsx'

const READ_AGAIN = [listPolicies, getPolicy, getPolicySummary, getPolicyHistory]

export function usePolicyActions(policy: Policy) {
  const tenant = useSlug()
  const client = useQueryClient()
  const navigate = useNavigate()
  const confirm = useConfirm()
  const words = useWords('policies')
  const params = { tenant, policy: policy.id }
  const enable = useAction(enablePolicy, { readAgain: READ_AGAIN })
  const duplicate = useAction(duplicatePolicy, {
    readAgain: READ_AGAIN,
    onDone: ({ policy: copy }) => {
      void navigate({ to: '/t/$slug/policies/$policy', params: { slug: tenant, policy: copy.id } })
    },
  })
  const remove = useAction(removePolicy, {
    readAgain: [listPolicies, getPolicySummary],
    onDone: () => {
      client.setQueryData(removedKey(tenant), PolicyDraft.parse(policy))
      void navigate({ to: '/t/$slug/policies', params: { slug: tenant }, search: { type: policy.type } })
    },
  })
  return {
    error: enable.error ?? duplicate.error ?? remove.error,
    busy: enable.isPending || duplicate.isPending || remove.isPending,
    enable: (enabled: boolean) => enable.mutate({ params, body: { enabled, reason: '' } }),
    duplicate: () => duplicate.mutate({ params, body: { reason: '' } }),
    async remove() {
      const agreed = await confirm({
        title: words('remove.title', { name: policy.name }),
        body: words('remove.body', {
          from: policy.fromText,
          to: policy.toText,
          does: policy.optionText,
        }),
        act: words('remove.act'),
      })
      if (agreed) remove.mutate({ params, query: {} })
    },
  }
}
