// Copies one value; its name says which ("Copy TXT value") and changes to "Copied" for two seconds.

import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useWords } from '#i18n/i18n.ts'
import { copyText } from './clipboard.ts'

const COPIED_MS = 2_000

type Props = {
  readonly value: string
  /** Accessible name, such as "Copy TXT value". */
  readonly label: string
  /** Draws a button with the label as text instead of an icon inside a cell. */
  readonly text?: boolean
}

export function CopyButton({ value, label, text }: Props) {
  const words = useWords('shell')
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), COPIED_MS)
    return () => clearTimeout(timer)
  }, [state])
  const copy = () => copyText(value).then((done) => setState(done ? 'copied' : 'failed'))
  const failed = words('notCopied', 'Not copied: select it by hand')
  const word = state === 'copied' ? words('copied', 'Copied') : state === 'failed' ? failed : label
  const Icon = state === 'copied' ? IconCheck : IconCopy
  if (text) {
    return (
      <Button variant="default" onClick={copy} leftSection={<Icon size={15} aria-hidden />}>
        {word}
      </Button>
    )
  }
  return (
    <Tooltip label={word} opened={state === 'idle' ? undefined : true}>
      <ActionIcon variant="subtle" color="gray" size={24} aria-label={word} onClick={copy}>
        <Icon size={14} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}
