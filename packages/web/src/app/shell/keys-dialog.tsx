// The list of keys, opened by `?`.
import { Kbd, Modal, Switch } from '@mantine/core'
import { pageKeys, useSingleKeys } from './keys.ts'
import classes from './shell.module.css'

type Props = { readonly opened: boolean; readonly onClose: () => void }

const general = [
  { keys: ['Ctrl', 'K'], does: 'Search' },
  { keys: ['/'], does: 'Filter of this page' },
  { keys: ['?'], does: 'These keys' },
  { keys: ['↓', '↑'], does: 'Next and previous row of a list' },
  { keys: ['Enter'], does: 'Open the row' },
  { keys: ['Esc'], does: 'Close the top layer' },
] as const

export function KeysDialog({ opened, onClose }: Props) {
  const [isOn, setOn] = useSingleKeys()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Keys"
      size={420}
      closeButtonProps={{ 'aria-label': 'Close keys' }}
    >
      <dl className={classes.keys}>
        {general.map(({ keys, does }) => (
          <Line key={does} keys={keys} does={does} />
        ))}
        {pageKeys.map(({ key, name }) => (
          <Line key={key} keys={['g', key]} does={name} />
        ))}
      </dl>
      <Switch
        mt={16}
        label="Single keys"
        description="Off where they get in the way of a screen reader or of speech control; Ctrl K stays."
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
