// What can be done with a policy from its row.
import type { Policy } from '@gatepost/contract/policy.ts'
import { ActionIcon, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { usePolicyActions } from './use-policy-actions.ts'

export function RowMenu({ policy }: { readonly policy: Policy }) {
  const slug = useSlug()
  const words = useWords('policies')
  const may = useMay('policies:write') && !policy.locked
  const acts = usePolicyActions(policy)
  return (
    <>
      <Menu width={210} position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={words('list.actionsFor', { name: policy.name })}
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
            {words('act.messages')}
          </Menu.Item>
          {may && (
            <>
              <Menu.Item onClick={() => acts.enable(!policy.enabled)}>
                {words(policy.enabled ? 'act.disable' : 'act.enable')}
              </Menu.Item>
              <Menu.Item onClick={acts.duplicate}>{words('act.duplicate')}</Menu.Item>
              <Menu.Item onClick={() => void acts.remove()}>{words('act.remove')}</Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {acts.error && <ProblemNote error={acts.error} />}
    </>
  )
}
