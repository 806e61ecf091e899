// The words of the readers that list archives: what a list tells of each file, and why it may not be whole.

/** A file or folder in the list of an archive. */
export type ListedMember = {
  readonly name: string
  /** As written; null where the archive does not say. */
  readonly size: number | null
  readonly isEncrypted: boolean
  readonly isFolder: boolean
}

/** What could be read of a list. `members` hold what was seen before a fault, too. */
export type Listing = {
  readonly members: readonly ListedMember[]
  /** Why the list is not whole; null for a list that was read to its end. */
  readonly fault: ListFault | null
}

export type ListFault =
  | 'broken'
  /** The list itself is encrypted: not even names can be read. */
  | 'encrypted-list'
  /** The list is packed in a way that is not unpacked here. */
  | 'packed-list'
  /** The list is larger than is read. */
  | 'large-list'
  | 'too-many'

/** How much of a list is read. */
export type ListLimits = {
  readonly members: number
  /** Octets of a list that is packed itself. */
  readonly listOctets: number
}

/** Longer names are cut: what a file is called shows at its end, so the beginning goes. */
export const LISTED_NAME_MAX = 1024
