// What a kind of directory brings with it: how its settings are checked, how it is read, how it is tested.
// Kinds are listed in kinds.ts; the engine knows none of them by name.
import type { ConnectorKind, ConnectorSettings, ConnectorTest } from '@gatepost/contract/directory.ts'
import type { FieldError } from '@gatepost/contract/problem.ts'
import type { DirectoryCheck, DirectoryReader, DirectoryStep } from '@gatepost/directory/entry.ts'
import type { Machine } from '#platform/machine.ts'
import type { Listener } from '../readiness/finding.ts'
import type { ControlDeps } from '../scope.ts'

export type DirectoryDeps = ControlDeps & {
  readonly machine: Pick<Machine, 'addresses'>
  /** Real ports of all listeners: no directory is looked for there. */
  readonly listening: readonly Listener[]
}

export type SettingsOf<Kind extends ConnectorKind> = Extract<ConnectorSettings, { readonly kind: Kind }>

/** A connector as a kind sees it. */
export type KindInput<Kind extends ConnectorKind = ConnectorKind> = {
  readonly tenantId: string
  readonly connectorId: string
  readonly settings: SettingsOf<Kind>
  /** Opened; null while none was set. Never to be logged or put into a message. */
  readonly secret: string | null
  readonly contacts: boolean
  /** Attributes to read besides. */
  readonly attributes: readonly string[]
}

/** What a test yields: results of steps in their order, and the certificate that TLS showed. */
export type TestEvent =
  | { readonly kind: 'check'; readonly check: DirectoryCheck }
  | { readonly kind: 'certificate'; readonly certificate: NonNullable<ConnectorTest['certificate']> }

export type DirectoryKindPlugin<Kind extends ConnectorKind = ConnectorKind> = {
  readonly kind: Kind
  /** Without a secret it can neither be tested nor read. */
  readonly needsSecret: boolean
  /** False: what it holds is pushed to us, and a push starts the run (`startRun` with trigger `pushed`). */
  readonly isScheduled: boolean
  /** The named tests it has, in their order. */
  readonly steps: readonly DirectoryStep[]
  /** What the schema of the contract cannot tell: paths such as `/settings/host`, `/secret`. */
  check(input: Pick<KindInput<Kind>, 'settings' | 'secret'>, deps: DirectoryDeps): readonly FieldError[]
  /** A copy of the settings as they are kept: names in lower case, empty text as null. */
  normalize(settings: SettingsOf<Kind>): SettingsOf<Kind>
  /** Whether the change means another directory, or another part of it: then reading begins anew. */
  isSameListing(before: SettingsOf<Kind>, after: SettingsOf<Kind>): boolean
  /**
   * Whether a change shows the secret to a server that has not had it: then it is typed again, or whoever may
   * change settings could read it. Left out where it goes to one service only.
   */
  readonly isOtherServer?: (before: SettingsOf<Kind>, after: SettingsOf<Kind>) => boolean
  createReader(input: KindInput<Kind>, deps: DirectoryDeps): DirectoryReader
  /** Ends after the first step that failed where the next would say nothing. */
  test(
    input: KindInput<Kind> & { readonly address: string | null },
    deps: DirectoryDeps,
    signal: AbortSignal,
  ): AsyncIterable<TestEvent>
}
