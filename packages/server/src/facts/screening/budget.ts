// What may be spent on looking into one message: octets unpacked, files seen, levels. Bombs end here, and the
// one who asked is told that not all was seen.

export type InspectionLimits = {
  /** Levels of archives and messages within each other. */
  readonly depth: number
  /** Files looked at, those within archives too. */
  readonly files: number
  /** Octets of one file within an archive: a scanner passes over larger ones in silence. */
  readonly fileOctets: number
  /** Octets unpacked from archives, of all files together. */
  readonly unpackedOctets: number
}

/** For a thread of its own: about half a second and 150 MB at most. */
export const INSPECTION_LIMITS: InspectionLimits = {
  depth: 8,
  files: 5_000,
  fileOctets: 25 * 1_048_576,
  unpackedOctets: 100 * 1_048_576,
}

/** Within the process that speaks SMTP: some milliseconds. What needs more is done by the thread. */
export const INLINE_LIMITS: InspectionLimits = {
  depth: 1,
  files: 100,
  fileOctets: 512 * 1024,
  unpackedOctets: 1_048_576,
}

/** Counts what was spent. */
export class Budget {
  readonly limits: InspectionLimits
  /** A limit was reached: with a larger budget more would have been seen. */
  isOver = false
  files = 0
  #unpacked = 0

  constructor(limits: InspectionLimits) {
    this.limits = limits
  }

  /** Octets that may still come out of one file. */
  get room(): number {
    return Math.max(0, Math.min(this.limits.fileOctets, this.limits.unpackedOctets - this.#unpacked))
  }

  spend(octets: number): void {
    this.#unpacked += octets
  }

  /** False when there were enough files. */
  takeFile(): boolean {
    if (this.files >= this.limits.files) {
      this.isOver = true
      return false
    }
    this.files += 1
    return true
  }
}
