// The writer's side of a copy: the log is written back once and then left alone, and contents stay until the
// end.
import type { DatabaseSync } from 'node:sqlite'
import type { Statements } from './database.ts'

/** One copy at a time; the main file must not change while it lasts. */
export class Copying {
  #isOn = false
  #isSpoiled = false
  /** Contents of messages that are done, kept for the copy. */
  #kept: string[] = []

  /** While it holds, the log is not written back. */
  get isOn(): boolean {
    return this.#isOn
  }

  /**
   * Brings the main file up to date; returns the names of all contents. Throws when that cannot be done now.
   */
  begin(database: DatabaseSync, sql: Statements): readonly string[] {
    if (this.#isOn) throw new Error('this spool is being copied already')
    const { busy, log, checkpointed } = sql.checkpoint.get() ?? {}
    if (busy !== 0 || log !== checkpointed) throw new Error('the log cannot be written back now; try again')
    this.#isOn = true
    this.#isSpoiled = false
    const rows = database.prepare('select file from message where file is not null').all()
    return rows.map(({ file }) => String(file))
  }

  /** The file is read again, which may write the log back: the copy is worth nothing. */
  spoil(): void {
    this.#isSpoiled = true
  }

  /** Takes names of contents that may go; gives those back that may go now. */
  mayRemove(files: readonly string[]): readonly string[] {
    if (!this.#isOn) return files
    this.#kept.push(...files)
    return []
  }

  /** Ends the copy; returns whether it is spoiled, and the contents that may go now. */
  end(): { readonly isSpoiled: boolean; readonly files: readonly string[] } {
    const isSpoiled = this.#isSpoiled || !this.#isOn
    const files = this.#kept
    this.#kept = []
    this.#isOn = false
    return { isSpoiled, files }
  }
}
