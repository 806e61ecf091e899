// Why a message is held, in words for the person it is for, in their language.
import { useWords } from '#i18n/i18n.ts'

const CLASSES = [
  'spam',
  'virus',
  'attachments',
  'display-name',
  'authentication',
  'anti-spoofing-header',
  'blocked-senders-header',
  'greylisting',
] as const

type Told = { readonly class: string; readonly className: string; readonly means: string }

/** What the server says stands where a class has no words of its own. */
export function useClassWords(): (held: Told) => { readonly name: string; readonly why: string } {
  const t = useWords('portal')
  return ({ class: name, className, means }) => {
    const known = CLASSES.find((one) => one === name)
    if (known === undefined) return { name: className, why: means }
    return { name: t(`class.${known}.name`), why: t(`class.${known}.why`) }
  }
}
