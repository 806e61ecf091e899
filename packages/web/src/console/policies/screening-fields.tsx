// What screening of content leads to: fields of virus, attachment and spam policies.
import { useWords } from '#i18n/i18n.ts'
import { Choice } from './choice.tsx'
import type { FieldsProps } from './option-fields.tsx'

const SCAN = ['scan', 'none'] as const
const INFECTED = ['reject', 'hold'] as const
const NOT_CHECKED = ['hold', 'reject', 'deliver'] as const
const AWAY = ['defer', 'hold', 'deliver'] as const

export function VirusScanning({ option, set }: FieldsProps<'virus-scanning'>) {
  const words = useWords('policies')
  const { action, infected, notChecked, unavailable } = option
  return (
    <>
      <Choice
        label={words('option.action')}
        of="option.scan"
        values={SCAN}
        value={action}
        onChange={(to) => set({ action: to })}
      />
      <Choice
        label={words('option.malwareFound')}
        of="option.infected"
        values={INFECTED}
        value={infected ?? 'reject'}
        onChange={(to) => set({ infected: to })}
      />
      <Choice
        label={words('option.notCheckedLabel')}
        of="option.notChecked"
        values={NOT_CHECKED}
        value={notChecked ?? 'hold'}
        onChange={(to) => set({ notChecked: to })}
      />
      <Choice
        label={words('option.scannerAway')}
        of="option.away"
        values={AWAY}
        value={unavailable ?? 'defer'}
        onChange={(to) => set({ unavailable: to })}
      />
    </>
  )
}

const ATTACHMENT = ['none', 'tag', 'hold', 'reject'] as const
const CLASSES = ['dangerous', 'script', 'macro', 'encrypted', 'disguised', 'unreadable'] as const

export function AttachmentHandling({ option, set }: FieldsProps<'attachment-handling'>) {
  const words = useWords('policies')
  return CLASSES.map((name) => (
    <Choice
      key={name}
      label={words(`option.class.${name}`)}
      of="option.attachment"
      values={ATTACHMENT}
      value={option[name] ?? 'hold'}
      onChange={(to) => set({ [name]: to })}
    />
  ))
}

const SPAM = ['hold', 'tag', 'reject', 'none'] as const
const LEVELS = ['relaxed', 'moderate', 'aggressive'] as const

export function SpamScanning({ option, set }: FieldsProps<'spam-scanning'>) {
  const words = useWords('policies')
  return (
    <>
      <Choice
        label={words('option.action')}
        of="option.spam"
        values={SPAM}
        value={option.action}
        onChange={(to) => set({ action: to })}
      />
      <Choice
        label={words('option.levelLabel')}
        of="option.spamLevel"
        values={LEVELS}
        value={option.level ?? 'moderate'}
        onChange={(to) => set({ level: to })}
      />
    </>
  )
}
