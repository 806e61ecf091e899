// What can be done with a policy from its row.
import type { Policy } from '@gatepost/contract/policy.ts'
import { ActionIcon, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useMay, useSlug } from '#app/session.ts'
import { ProblemNote } from '#shared/note.tsx'
import { usePolicyActions } from './use-policy-actions.ts'

export function RowMenu({ policy }: { readonly policy: Policy }) {
  const slug = useSlug()
  const may = useMay('policies:write') && !policy.locked
  const acts = usePolicyActions(policy)
  return (
    <>
      <Menu width={210} position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Actions for ${policy.name}`}
            loading={acts.busy}
          >
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            renderRoot={(props) => (
              <Link
                {...props}
                to="/t/$slug/messages"
                params={{ slug }}
                search={{ rule: policy.id, time: 'all' }}
              />
            )}
          >
            Messages it applied to
          </Menu.Item>
          {may && (
            <>
              <Menu.Item onClick={() => acts.enable(!policy.enabled)}>
                {policy.enabled ? 'Disable' : 'Enable'}
              </Menu.Item>
              <Menu.Item onClick={acts.duplicate}>Duplicate</Menu.Item>
              <Menu.Item onClick={() => void acts.remove()}>Remove</Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {acts.error && <ProblemNote error={acts.error} />}
    </>
  )
}
