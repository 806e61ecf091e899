// What a migration is, and the words in which the two databases differ.

export type Dialect = 'sqlite' | 'postgres'

export type ColumnTypes = {
  /** For what only one of the two can say, such as triggers. */
  readonly dialect: Dialect
  /** Text that sorts by bytes on both, so that prefix ranges and pages give one answer. */
  readonly text: string
  readonly blob: string
  /** A primary key that only grows. */
  readonly position: string
  /** Behind a table whose rows lie in the order of their primary key, where the database can do that. */
  readonly clustered: string
}

export type Migration = {
  readonly version: number
  readonly name: string
  statements(types: ColumnTypes): readonly string[]
}

export const columnTypes: { readonly [Name in Dialect]: ColumnTypes } = {
  sqlite: {
    dialect: 'sqlite',
    text: 'text',
    blob: 'blob',
    position: 'integer primary key autoincrement',
    clustered: 'without rowid',
  },
  postgres: {
    dialect: 'postgres',
    text: 'text collate "C"',
    blob: 'bytea',
    position: 'bigint generated always as identity primary key',
    clustered: '',
  },
}
