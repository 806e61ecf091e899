// The names of the small internet, held in memory and open to change, with the answers that RFC 1034 asks
// for.

import { ok, type Parsed } from '@gatepost/mail/parsed.ts'
import type { Answer } from 'dns-packet'
import {
  answerOf,
  isRecordType,
  parseName,
  parseRecordData,
  type RecordData,
  type RecordType,
} from './record.ts'

/** All records of one name and type. `values` are in written form. */
export type RecordSet = {
  readonly name: string
  readonly type: RecordType
  readonly ttl: number
  readonly values: readonly string[]
}

export type Answered = {
  readonly rcode: 'NOERROR' | 'NXDOMAIN'
  readonly answers: readonly Answer[]
  /** The SOA that a negative answer carries (RFC 2308 §3); null for a positive one. */
  readonly soa: Answer | null
  /** True if the whole answer lies in zones marked as signed, so that AD may be set. */
  readonly secure: boolean
}

/** Seconds. Short, since people walk through a change within minutes. */
export const TTL_DEFAULT_S = 30
/** More names than any test needs, and far less than memory holds. */
const NAMES_MAX = 50_000
/** A longer chain is a loop for all that resolvers care. */
const CNAME_CHAIN_MAX = 8
const ROOT_SOA = 'ns1.sandbox.example hostmaster.sandbox.example 1 3600 600 86400 5'

type StoredSet = { readonly ttl: number; readonly records: readonly RecordData[] }

/** Editable zones. A name that is in no zone does not exist: this server stands for the whole DNS. */
export class Zones {
  readonly #names = new Map<string, Map<RecordType, StoredSet>>()
  readonly #signed = new Set<string>()
  #version = 0

  /** Grows with each change, so that a page knows when to draw again. */
  get version(): number {
    return this.#version
  }

  /** Replaces all records of a name and type. Throws a RangeError on a value that is no such record. */
  set(name: string, type: RecordType, values: readonly string[], ttl: number = TTL_DEFAULT_S): void {
    const set = this.check({ name, type, values, ttl })
    if (!set.ok) throw new RangeError(`${name} ${type}: ${set.fault}`)
    if (values.length === 0) {
      this.remove(name, type)
      return
    }
    if (!this.#names.has(set.value.name) && this.#names.size >= NAMES_MAX)
      throw new RangeError('too many names')
    const sets = this.#names.get(set.value.name) ?? new Map<RecordType, StoredSet>()
    sets.set(type, { ttl, records: set.value.records })
    this.#names.set(set.value.name, sets)
    this.#version += 1
  }

  /** Reads a set without storing it, for values that come from people. */
  check(set: RecordSet): Parsed<{ readonly name: string; readonly records: readonly RecordData[] }> {
    const name = parseName(set.name)
    if (!name.ok) return name
    const records: RecordData[] = []
    for (const value of set.values) {
      const record = parseRecordData(set.type, value)
      if (!record.ok) return record
      if (!records.some((other) => other.text === record.value.text)) records.push(record.value)
    }
    return ok({ name: name.value, records })
  }

  /** Removes one set, or everything at the name when no type is given. */
  remove(name: string, type?: RecordType): void {
    const key = normal(name)
    const sets = this.#names.get(key)
    if (sets === undefined) return
    if (type === undefined) sets.clear()
    else sets.delete(type)
    if (sets.size === 0) this.#names.delete(key)
    this.#version += 1
  }

  removeAll(): void {
    this.#names.clear()
    this.#version += 1
  }

  /** The values of one set in written form; empty if there is none. */
  get(name: string, type: RecordType): readonly string[] {
    return (this.#names.get(normal(name))?.get(type)?.records ?? []).map((record) => record.text)
  }

  /** Every set, names in the order of their labels from the right, so that zones stay together. */
  list(): RecordSet[] {
    const sets: RecordSet[] = []
    for (const [name, types] of this.#names) {
      for (const [type, { ttl, records }] of types) {
        sets.push({ name, type, ttl, values: records.map((record) => record.text) })
      }
    }
    const key = (set: RecordSet) => `${set.name.split('.').reverse().join('.')} ${set.type}`
    return sets.sort((a, b) => (key(a) < key(b) ? -1 : 1))
  }

  /** Marks a domain and what lies below as DNSSEC signed: answers get AD. Nothing is really signed. */
  setSigned(domain: string, signed: boolean): void {
    if (signed) this.#signed.add(normal(domain))
    else this.#signed.delete(normal(domain))
  }

  /** Answers a question, following CNAMEs (RFC 1034 §4.3.2) and wildcards (RFC 4592). */
  lookUp(question: string, type: string): Answered {
    const answers: Answer[] = []
    let name = normal(question)
    let secure = this.#isSigned(name)
    for (let step = 0; step <= CNAME_CHAIN_MAX; step += 1) {
      const sets = this.#setsAt(name)
      if (sets === null) {
        return { rcode: 'NXDOMAIN', answers, soa: this.#soaFor(name), secure }
      }
      const found = type === 'ANY' ? [...sets.keys()] : isRecordType(type) && sets.has(type) ? [type] : []
      for (const one of found) answers.push(...this.#answersOf(name, one, sets.get(one)!))
      if (found.length > 0) return { rcode: 'NOERROR', answers, soa: null, secure }
      const alias = sets.get('CNAME')
      if (alias === undefined) return { rcode: 'NOERROR', answers, soa: this.#soaFor(name), secure }
      answers.push(...this.#answersOf(name, 'CNAME', alias))
      name = normal(alias.records[0]!.text)
      secure &&= this.#isSigned(name)
    }
    return { rcode: 'NOERROR', answers, soa: null, secure }
  }

  #answersOf(name: string, type: RecordType, set: StoredSet): Answer[] {
    return set.records.map((record) => answerOf(name, type, set.ttl, record))
  }

  /** The sets at a name; empty for a name that only has names below it; null if the name does not exist. */
  #setsAt(name: string): ReadonlyMap<RecordType, StoredSet> | null {
    const exact = this.#names.get(name)
    if (exact !== undefined) return exact
    if (name === '' || this.#hasNamesBelow(name)) return new Map()
    const labels = name.split('.')
    for (let cut = 1; cut < labels.length; cut += 1) {
      const encloser = labels.slice(cut).join('.')
      const wildcard = this.#names.get(`*.${encloser}`)
      if (wildcard !== undefined) return wildcard
      if (this.#names.has(encloser) || this.#hasNamesBelow(encloser)) return null
    }
    return null
  }

  #hasNamesBelow(name: string): boolean {
    const ending = `.${name}`
    for (const other of this.#names.keys()) if (other.endsWith(ending)) return true
    return false
  }

  #soaFor(name: string): Answer {
    const labels = name.split('.')
    for (let cut = 0; cut < labels.length; cut += 1) {
      const apex = labels.slice(cut).join('.')
      const set = this.#names.get(apex)?.get('SOA')
      if (set !== undefined) return answerOf(apex, 'SOA', set.ttl, set.records[0]!)
    }
    const root = parseRecordData('SOA', ROOT_SOA)
    if (!root.ok) throw new Error(`the root SOA is wrong: ${root.fault}`)
    return answerOf('', 'SOA', 5, root.value)
  }

  #isSigned(name: string): boolean {
    const labels = name.split('.')
    return labels.some((_, cut) => this.#signed.has(labels.slice(cut).join('.')))
  }
}

function normal(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '')
}
