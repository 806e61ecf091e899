// The phone's menu: the sidebar in a drawer.
import { Drawer } from '@mantine/core'
import { useWords } from '#i18n/i18n.ts'
import classes from './shell.module.css'
import { Sidebar } from './sidebar.tsx'

type Props = { readonly opened: boolean; readonly onClose: () => void; readonly onSearch: () => void }

export function MenuDrawer({ opened, onClose, onSearch }: Props) {
  const words = useWords('shell')
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={words('menu')}
      size={300}
      closeButtonProps={{ 'aria-label': words('closeMenu') }}
      classNames={{ body: classes.drawer, title: classes.drawerTitle }}
    >
      <Sidebar onSearch={onSearch} inDrawer />
    </Drawer>
  )
}
