// The list of keys, opened by `?`.

import { Kbd, Modal, Switch } from '@mantine/core'
import { useWords } from '#i18n/i18n.ts'
import { pageKeys, useSingleKeys } from './keys.ts'
import classes from './shell.module.css'

type Props = { readonly opened: boolean; readonly onClose: () => void }

const general = [
  { keys: ['Ctrl', 'K'], does: 'search' },
  { keys: ['/'], does: 'filter' },
  { keys: ['?'], does: 'these' },
  { keys: ['↓', '↑'], does: 'rows' },
  { keys: ['Enter'], does: 'open' },
  { keys: ['Esc'], does: 'close' },
] as const

export function KeysDialog({ opened, onClose }: Props) {
  const words = useWords('shell')
  const [isOn, setOn] = useSingleKeys()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={words('keys')}
      size={420}
      closeButtonProps={{ 'aria-label': words('keyWords.closeKeys') }}
    >
      <dl className={classes.keys}>
        {general.map(({ keys, does }) => (
          <Line key={does} keys={keys} does={words(`keyWords.${does}`)} />
        ))}
        {pageKeys.map(({ key, name }) => (
          <Line key={key} keys={['g', key]} does={words(`pages.${name}`)} />
        ))}
      </dl>
      <Switch
        mt={16}
        label={words('keyWords.single')}
        description={words('keyWords.singleMeans')}
        checked={isOn}
        onChange={(event) => setOn(event.currentTarget.checked)}
      />
    </Modal>
  )
}

function Line({ keys, does }: { readonly keys: readonly string[]; readonly does: string }) {
  return (
    <div>
      <dt>
        {keys.map((key) => (
          <Kbd key={key} size="xs">
            {key}
          </Kbd>
        ))}
      </dt>
      <dd>{does}</dd>
    </div>
  )
}
