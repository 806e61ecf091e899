// The brakes of a synchronisation (D8): what a listing may remove, and what needs a person's yes. Pure.

export type Listing = {
  readonly mode: 'full' | 'delta'
  /** Entries that were known before, those in their time of grace left out. */
  readonly known: number
  /** Entries that this listing held. */
  readonly listed: number
  /** Known entries that are missing for the first time, with or without a time of grace. */
  readonly missing: number
  /** Entries whose time of grace is over, so that they are to be removed now. */
  readonly due: number
  /** Entries that begin their time of grace or are removed: the number to agree to. */
  readonly gone: number
}

export type Limits = {
  /** Null has no cap. */
  readonly maxRemovals: number | null
  /** Why nothing is removed in the whole organisation; null when nothing stands in the way. */
  readonly stopped: string | null
  /** The number of leavers and removals that a person agreed to. */
  readonly agreed: number | null
}

export type Verdict =
  | { readonly kind: 'go' }
  /** Nothing at all is taken over. `isFinal`: not even a person's yes helps. */
  | { readonly kind: 'refuse'; readonly why: string; readonly remedy: string; readonly isFinal: boolean }
  /** Additions and changes go on, removals wait. */
  | { readonly kind: 'hold'; readonly why: string; readonly remedy: string }

/** Over this part of a directory in one run, a person decides (abuse case 68). */
const SHRUNKEN_PART = 0.1
/** Below this many nobody need be asked: small organisations lose people one by one. */
const SHRUNKEN_LEAST = 3

/** Judges a whole listing. */
export function judge(listing: Listing, limits: Limits): Verdict {
  const { mode, known, listed, missing, due } = listing
  if (mode === 'full' && listed === 0)
    return {
      kind: 'refuse',
      why: 'The directory listed nobody.',
      remedy: 'Run the tests: base DN, filter and rights decide who is listed. Nothing was changed.',
      isFinal: true,
    }
  const isAgreed = limits.agreed !== null && limits.agreed === listing.gone
  if (isShrunken(missing, known) && !isAgreed)
    return {
      kind: 'refuse',
      why: `${missing} of ${known} known entries are no longer listed.`,
      remedy:
        'Run the tests. If it is true, preview the synchronisation and agree to the number; nothing was changed.',
      isFinal: false,
    }
  if (due === 0) return { kind: 'go' }
  if (limits.stopped !== null)
    return {
      kind: 'hold',
      why: `${removalsOf(due)} held back: ${limits.stopped}`,
      remedy: 'Mend that connector, or switch it on; removals go on by themselves then.',
    }
  if (isAgreed) return { kind: 'go' }
  const cap = limits.maxRemovals
  if (cap !== null && due > cap)
    return {
      kind: 'hold',
      why: `${removalsOf(due)} held back: at most ${cap} are allowed in one run.`,
      remedy: 'Preview the synchronisation and agree to the number, or raise the cap of this connector.',
    }
  if (isShrunken(due, known + due))
    return {
      kind: 'hold',
      why: `${removalsOf(due)} held back: they are more than a tenth of the directory.`,
      remedy: 'Preview the synchronisation and agree to the number if it is true.',
    }
  return { kind: 'go' }
}

function isShrunken(gone: number, known: number): boolean {
  return gone >= SHRUNKEN_LEAST && gone > known * SHRUNKEN_PART
}

function removalsOf(count: number): string {
  return count === 1 ? 'One removal is' : `${count} removals are`
}

export type ConnectorHealth = {
  readonly id: string
  readonly name: string
  readonly isEnabled: boolean
  readonly isAccepted: boolean
  readonly trouble: string | null
}

/**
 * Why nothing may be removed in the organisation: another connector is in error or switched off, so that what
 * it would say of these people is not known. Connectors that never ran say nothing yet.
 */
export function stoppedBy(connectors: readonly ConnectorHealth[], ownId: string | null): string | null {
  const others = connectors.filter(({ id, isAccepted }) => id !== ownId && isAccepted)
  const broken = others.find(({ isEnabled, trouble }) => isEnabled && trouble !== null)
  if (broken) return `the connector ${broken.name} is in error (${broken.trouble ?? ''})`
  const off = others.find(({ isEnabled }) => !isEnabled)
  return off ? `the connector ${off.name} is switched off.` : null
}
