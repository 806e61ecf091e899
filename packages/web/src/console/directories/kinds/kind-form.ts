// What a kind of directory brings to its connector's form; kinds are listed in kinds.ts.

import type { Environment } from '@gatepost/contract/common.ts'
import type { ConnectorKind, ConnectorSettings } from '@gatepost/contract/directory.ts'
import type { UseFormReturnType } from '@mantine/form'
import type { ReactNode } from 'react'
import type { Words } from '#i18n/i18n.ts'

export type DirectoryValues = {
  name: string
  settings: ConnectorSettings
  /** Empty leaves the secret that is set. */
  secret: string
}

export type KindFieldsProps = {
  readonly form: UseFormReturnType<DirectoryValues>
  /** When the secret was set; null for a new connector. */
  readonly secretSetAt: number | null
}

export type KindForm = {
  readonly kind: ConnectorKind

  /** Environments in which it is the usual way, and those in which it is not offered. */
  readonly usualIn: readonly Environment[]
  readonly notIn: readonly Environment[]
  readonly defaultName: string
  /** Settings of a new connector. */
  blank(): ConnectorSettings
  /** Messages by field path; the server has the last word. */
  check?(values: DirectoryValues, isNew: boolean, t: Words): Readonly<Record<string, string>>
  /** What must be done elsewhere before, with exact values. */
  readonly Prerequisites: (props: { readonly settings: ConnectorSettings }) => ReactNode
  readonly Fields: (props: KindFieldsProps) => ReactNode
  /** What needs attention by the settings alone, such as a secret that ends soon. */
  readonly Notice?: (props: { readonly settings: ConnectorSettings }) => ReactNode
  /** The named tests look one address up. */
  readonly looksUp: boolean
}
