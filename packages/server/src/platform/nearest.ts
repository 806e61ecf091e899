// The known name that somebody meant who wrote it wrong, for messages that refuse what is not known.

/** Longer names are no slip of the fingers, and comparing them costs their length squared. */
const NAME_LENGTH_MAX = 100
/** So many letters may differ, in a short name at most half of them, in a long one a quarter. */
const SLIPS = 3

/** The known name with the fewest letters changed, put in or left out; null where none is near. */
export function nearestName(name: string, known: readonly string[]): string | null {
  if (name.length > NAME_LENGTH_MAX) return null
  const slipsMax = Math.min(name.length / 2, Math.max(SLIPS, name.length / 4))
  let best: { readonly name: string; readonly distance: number } | null = null
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance <= slipsMax && (best === null || distance < best.distance)) {
      best = { name: candidate, distance }
    }
  }
  return best?.name ?? null
}

function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const change = left[i - 1] === right[j - 1] ? 0 : 1
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + change))
    }
    row = next
  }
  return row[right.length]!
}
