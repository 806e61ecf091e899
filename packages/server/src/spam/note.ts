// How a feature is noted: by its name in the table of weights, with what was seen, once.

/** Notes one feature. `value` is between 0 and 1; the first note of a name counts. */
export type Note = (name: string, saw?: string, value?: number) => void

export type Noted = { readonly name: string; readonly value: number; readonly saw: string }

/** What was seen is shown to people: long text adds nothing. */
const SAW_MAX = 120

/** A fresh list of notes and the function that fills it. */
export function notes(): { readonly noted: Map<string, Noted>; readonly note: Note } {
  const noted = new Map<string, Noted>()
  const note: Note = (name, saw = '', value = 1) => {
    if (value <= 0 || noted.has(name)) return
    noted.set(name, { name, value: Math.min(1, value), saw: saw.slice(0, SAW_MAX) })
  }
  return { noted, note }
}
