// What screening of content leads to: fields of virus, attachment and spam policies.
import { Choice } from './choice.tsx'
import type { FieldsProps } from './option-fields.tsx'

const scanWords = { scan: 'Scan', none: 'No action: nobody looks at this mail' } as const
const infectedWords = { reject: 'Refuse with 554', hold: 'Hold' } as const
const notCheckedWords = { hold: 'Hold', reject: 'Refuse', deliver: 'Deliver unchecked' } as const
const awayWords = {
  defer: 'Defer with 451: the sender comes again',
  hold: 'Hold',
  deliver: 'Deliver unchecked',
} as const

export function VirusScanning({ option, set }: FieldsProps<'virus-scanning'>) {
  const { action, infected, notChecked, unavailable } = option
  return (
    <>
      <Choice label="Action" words={scanWords} value={action} onChange={(to) => set({ action: to })} />
      <Choice
        label="Malware found"
        words={infectedWords}
        value={infected ?? 'reject'}
        onChange={(to) => set({ infected: to })}
      />
      <Choice
        label="Not checked: encrypted, too large, too deep"
        words={notCheckedWords}
        value={notChecked ?? 'hold'}
        onChange={(to) => set({ notChecked: to })}
      />
      <Choice
        label="Scanner away"
        words={awayWords}
        value={unavailable ?? 'defer'}
        onChange={(to) => set({ unavailable: to })}
      />
    </>
  )
}

const attachmentWords = { none: 'No action', tag: 'Tag', hold: 'Hold', reject: 'Refuse' } as const
const classWords = {
  dangerous: 'Dangerous types, such as exe, js, lnk, iso and one',
  script: 'Pages and pictures with scripts',
  macro: 'Office documents with macros',
  encrypted: 'Encrypted archives and documents',
  disguised: 'Names that deceive, such as invoice.pdf.exe',
  unreadable: 'What could not be looked into',
} as const
const classes = Object.keys(classWords) as (keyof typeof classWords)[]

export function AttachmentHandling({ option, set }: FieldsProps<'attachment-handling'>) {
  return classes.map((name) => (
    <Choice
      key={name}
      label={classWords[name]}
      words={attachmentWords}
      value={option[name] ?? 'hold'}
      onChange={(to) => set({ [name]: to })}
    />
  ))
}

const spamWords = {
  hold: 'Hold',
  tag: 'Tag only',
  reject: 'Refuse',
  none: 'No action: leave these senders out of a wider policy',
} as const
const levelWords = {
  relaxed: 'Relaxed: from 7 points',
  moderate: 'Moderate: from 5 points',
  aggressive: 'Aggressive: from 3 points',
} as const

export function SpamScanning({ option, set }: FieldsProps<'spam-scanning'>) {
  return (
    <>
      <Choice label="Action" words={spamWords} value={option.action} onChange={(to) => set({ action: to })} />
      <Choice
        label="Level"
        words={levelWords}
        value={option.level ?? 'moderate'}
        onChange={(to) => set({ level: to })}
      />
    </>
  )
}
