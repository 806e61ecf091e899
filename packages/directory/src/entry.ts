// What every directory is read as, whatever it is: one shape for LDAP, Entra ID, Google and the agent
// (D2–D6).

/**
 * What an object of a directory is to mail. Only `user` signs in; everything with an address receives mail
 * (D2b: disabled stops sign-in, never mail).
 */
export type DirectoryKind = 'user' | 'shared-mailbox' | 'resource' | 'contact' | 'public-folder' | 'group'

/** One object of a directory. */
export type DirectoryEntry = {
  /** Never changes while the object lives: objectGUID, entryUUID, Graph's or Google's id. */
  readonly externalId: string
  readonly kind: DirectoryKind
  /**
   * The primary address as written there; null when it has none (a group that only nests, an account without
   * mail).
   */
  readonly email: string | null
  readonly aliases: readonly string[]
  readonly name: string
  /** What its person types to sign in there: a user principal name or uid; null where nobody signs in. */
  readonly userName: string | null
  /** The account may sign in. Says nothing about mail. */
  readonly signInEnabled: boolean
  /** Attributes the connector was told to read, by their name there; one value each. */
  readonly attributes: ReadonlyMap<string, string>
  /** Of groups: external ids of direct members, users and groups alike. Empty otherwise. */
  readonly members: readonly string[]
  /** Where it stands there, for people: a distinguished name or path. */
  readonly place: string
}

/** What a reader tells while it reads. */
export type DirectoryEvent =
  | { readonly kind: 'entry'; readonly entry: DirectoryEntry }
  /** Of delta listings alone: the directory says that it is gone. A full listing says so by silence. */
  | { readonly kind: 'removed'; readonly externalId: string }
  | { readonly kind: 'progress'; readonly read: number; readonly total: number | null }
  /**
   * The listing is whole. One that stops without it was cut off, and nothing may be removed by what it says.
   * `cursor` continues by delta next time; `notListed` names what this source cannot tell, in words.
   */
  | {
      readonly kind: 'end'
      readonly mode: 'full' | 'delta'
      readonly cursor: string | null
      readonly notListed: readonly string[]
    }

/** Reads a directory once. Throws `DirectoryFault`; ends early when `signal` is aborted. */
export type DirectoryReader = {
  read(options: {
    /**
     * Of the last whole listing; null begins anew. A reader whose cursor has expired begins anew by itself.
     */
    readonly cursor: string | null
    readonly signal: AbortSignal
  }): AsyncIterable<DirectoryEvent>
  /** Looks one address up, for the connector's test. */
  lookUp(address: string, signal: AbortSignal): Promise<DirectoryEntry | null>
}

/** The named tests of a connector, in this order (C2). */
export type DirectoryStep = 'resolve' | 'connect' | 'tls' | 'sign-in' | 'permission' | 'list' | 'look-up'

/** A directory could not be read: which step failed, what it said, and what to do. Holds no secret. */
export class DirectoryFault extends Error {
  readonly step: DirectoryStep
  /** A stable name, such as `wrong-port`, `certificate-name`, `wrong-password`, `password-expired`. */
  readonly code: string
  readonly saw: string
  readonly remedy: string

  constructor(fault: {
    readonly step: DirectoryStep
    readonly code: string
    readonly saw: string
    readonly remedy: string
  }) {
    super(`${fault.saw} ${fault.remedy}`)
    this.step = fault.step
    this.code = fault.code
    this.saw = fault.saw
    this.remedy = fault.remedy
  }
}

/** The result of one named test. */
export type DirectoryCheck = {
  readonly step: DirectoryStep
  readonly state: 'passed' | 'failed' | 'warning' | 'not-run'
  readonly saw: string
  readonly remedy: string | null
}
