// Where an organisation's chain ended when it was backed up, in the backup beside its months. A database that
// was dumped a moment later knows of more; with this it is told from records that somebody took away.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Head } from './ledger.ts'

/** Beside the months of an organisation, in backups and in what was restored from one. */
export const END_FILE = 'end.json'

export type BackupEnd = Head & { readonly at: number }

/** The text of the file, sealed with the key of the chain: whoever has the files alone cannot write one. */
export function sealEnd(key: Uint8Array, { seq, hash, at }: BackupEnd): string {
  return `${JSON.stringify({ seq, hash, at, proof: proofOf(key, { seq, hash, at }).toString('hex') })}\n`
}

/** Reads the file; null where it is not one of ours. */
export function openEnd(key: Uint8Array, text: string): BackupEnd | null {
  let told: Record<string, unknown>
  try {
    told = { ...(JSON.parse(text) as object) }
  } catch {
    return null
  }
  const { seq, hash, at, proof } = told
  if (typeof seq !== 'number' || typeof at !== 'number') return null
  if (typeof hash !== 'string' || typeof proof !== 'string') return null
  const expected = proofOf(key, { seq, hash, at })
  const given = Buffer.from(proof, 'hex')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
  return { seq, hash, at }
}

function proofOf(key: Uint8Array, { seq, hash, at }: BackupEnd): Buffer {
  return createHmac('sha256', key).update(`backup\n${seq}\n${hash}\n${at}`).digest()
}
