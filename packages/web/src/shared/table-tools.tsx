// Which columns a table shows and how close its rows stand; at the right above the table.

import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'
import { useWords } from '#i18n/i18n.ts'

type Props = {
  readonly columns: readonly { readonly id: string; readonly head: string }[]
  readonly hidden: readonly string[]
  readonly dense: boolean
  readonly onToggle: (id: string) => void
  readonly onDense: (dense: boolean) => void
  /** Only its icon, where it stands in the table's own head. */
  readonly small: boolean
}

export function TableTools({ columns, hidden, dense, onToggle, onDense, small }: Props) {
  const words = useWords('shell')
  return (
    <Menu position="bottom-end" width={200} closeOnItemClick={false}>
      <Menu.Target>
        {small ? (
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            aria-label={words('columns', 'Columns')}
            title={words('columns', 'Columns')}
          >
            <IconColumns3 size={16} aria-hidden />
          </ActionIcon>
        ) : (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            leftSection={<IconColumns3 size={15} aria-hidden />}
          >
            {words('columns', 'Columns')}
          </Button>
        )}
      </Menu.Target>
      <Menu.Dropdown>
        {columns.map(({ id, head }) => (
          <Menu.CheckboxItem
            key={id}
            checked={!hidden.includes(id)}
            // The last column that shows stays.
            disabled={!hidden.includes(id) && columns.length - hidden.length <= 1}
            onChange={() => onToggle(id)}
          >
            {head}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.CheckboxItem checked={dense} onChange={() => onDense(!dense)}>
          {words('dense', 'Dense rows')}
        </Menu.CheckboxItem>
      </Menu.Dropdown>
    </Menu>
  )
}
