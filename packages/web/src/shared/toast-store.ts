// Short confirmations of what was just done, with the way back where there is one: kept outside of the pages,
// so that they outlive the page that spoke.

export type Toast = {
  readonly id: number
  readonly text: string
  /** Takes it back; left out where that cannot be done. */
  readonly undo?: () => void
}

/** Long enough to be read and to reach “Undo” by keyboard. */
export const TOAST_MS = 8_000
/** More at once are read by nobody. */
const TOASTS_MAX = 3

let toasts: readonly Toast[] = []
let lastId = 0
const listeners = new Set<() => void>()

function show(next: readonly Toast[]): void {
  toasts = next
  for (const listen of listeners) listen()
}

/** Says what was done. */
export function say(text: string, undo?: () => void): void {
  lastId += 1
  const toast: Toast = { id: lastId, text, ...(undo === undefined ? {} : { undo }) }
  // The same words again replace the former: somebody pressed twice.
  show([...toasts.filter((one) => one.text !== text), toast].slice(-TOASTS_MAX))
}

export function dismissToast(id: number): void {
  show(toasts.filter((toast) => toast.id !== id))
}

export const readToasts = (): readonly Toast[] => toasts

export function listenToToasts(listen: () => void): () => void {
  listeners.add(listen)
  return () => listeners.delete(listen)
}
