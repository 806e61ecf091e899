// The keys of the console: search, filter, list of keys, pages behind g, rows by arrows. Single keys can be
// switched off, since they get in the way of screen readers and speech control (WCAG 2.1.4).
import { readLocalStorageValue, useLocalStorage } from '@mantine/hooks'
import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useSlug } from '#app/session.ts'

const STORED = 'gatepost-single-keys'
/** How long `g` waits for its second letter. */
const SECOND_KEY_MS = 1_500

export const pageKeys = [
  { key: 'd', path: '/dashboard', name: 'Dashboard' },
  { key: 'm', path: '/messages', name: 'Messages' },
  { key: 'h', path: '/held', name: 'Held mail' },
  { key: 'q', path: '/queue?state=queued', name: 'Queue' },
  { key: 'c', path: '/connect', name: 'Connect' },
  { key: 'p', path: '/policies', name: 'Policies' },
  { key: 'u', path: '/users', name: 'Users' },
  { key: 'a', path: '/audit', name: 'Audit log' },
] as const

/** Whether single keys act; kept in this browser. */
export function useSingleKeys(): readonly [boolean, (on: boolean) => void] {
  const [value, setValue] = useLocalStorage<'on' | 'off'>({ key: STORED, defaultValue: 'on' })
  return [value === 'on', (on) => setValue(on ? 'on' : 'off')]
}

type Acts = { readonly onSearch: () => void; readonly onKeys: () => void }

export function useKeys({ onSearch, onKeys }: Acts): void {
  const slug = useSlug()
  const router = useRouter()
  useEffect(() => {
    let lastG = 0
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        return onSearch()
      }
      if (event.metaKey || event.ctrlKey || isTyping(event.target) || isLayerOpen()) return
      if (moveInList(event)) return
      if (readLocalStorageValue({ key: STORED }) === 'off') return
      const isSecond = event.timeStamp - lastG < SECOND_KEY_MS
      lastG = event.key === 'g' ? event.timeStamp : 0
      if (event.key === '?') {
        event.preventDefault()
        onKeys()
      } else if (event.key === '/') {
        focusFilter(event)
      } else if (isSecond && slug !== '') {
        const page = pageKeys.find(({ key }) => key === event.key)
        if (page) router.history.push(`/t/${slug}${page.path}`)
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [slug])
}

/** Whether the key belongs to what one is writing in. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

/** A dialog or menu has the keyboard to itself. */
const isLayerOpen = () => document.querySelector('[role="dialog"], [role="menu"]') !== null

function focusFilter(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>('#main input[data-filter]')
  if (!field) return
  event.preventDefault()
  field.focus()
  field.select()
}

const rows = '#main :is(tbody > tr, ul[data-rows] > li)'
const target = 'a[href], button:not(:disabled), input:not(:disabled)'

/** Up and down between the rows of a list, from wherever in a row one is; down enters the first list. */
function moveInList(event: KeyboardEvent): boolean {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0 || event.shiftKey) return false
  const all = [...document.querySelectorAll<HTMLElement>(rows)].filter((row) => row.querySelector(target))
  const at = all.findIndex((row) => row.contains(document.activeElement))
  if (at < 0) return false
  const next = all[at + step]?.querySelector<HTMLElement>('a[href]') ?? all[at + step]?.querySelector(target)
  if (!(next instanceof HTMLElement)) return false
  event.preventDefault()
  next.focus()
  next.scrollIntoView({ block: 'nearest' })
  return true
}
