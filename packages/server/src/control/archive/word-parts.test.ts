// The parts of a month's index: where an entry goes, what a search is told of them, and files of earlier
// releases.
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { WordParts } from './word-parts.ts'
import type { WordDoc } from './words.ts'

const OLD_INDEX = `create virtual table words using fts5(
  subject, people, body, attachment, facet, content='', contentless_delete=1, tokenize='ascii')`

function opened(before = ''): { readonly database: DatabaseSync; readonly parts: () => WordParts } {
  const database = new DatabaseSync(':memory:')
  database.exec(`create table waiting (seq integer primary key); ${before}`)
  const parts = (): WordParts => {
    const made = new WordParts({ database, sql: (text) => database.prepare(text) }, 3)
    made.make()
    return made
  }
  return { database, parts }
}

const docOf = (body: string): WordDoc => ({ subject: '', people: '', body, attachment: '', facet: '' })

/** Places of the entries with a word, part by part in the order of a search. */
function found(database: DatabaseSync, parts: WordParts, word: string): number[][] {
  return parts.all().map(({ table }) =>
    database
      .prepare(`select rowid from ${table} where ${table} match ? order by rowid desc`)
      .all(word)
      .map(({ rowid }) => Number(rowid)),
  )
}

describe('parts of the index', () => {
  test('a full part is followed by the next; the newest is the first', () => {
    const { database, parts } = opened()
    const own = parts()
    for (let seq = 1; seq <= 7; seq += 1) own.put(seq, seq * 1_000, docOf('harbour'))
    assert.deepEqual(found(database, own, 'harbour'), [[7], [6, 5, 4], [3, 2, 1]])
    assert.deepEqual(
      own.all().map(({ firstSeq, firstAt, lastAt }) => [firstSeq, firstAt, lastAt]),
      [
        [7, 7_000, 7_000],
        [4, 4_000, 6_000],
        [0, 1_000, 3_000],
      ],
    )
    assert.equal(own.holding(5).firstSeq, 4)
  })

  test('what comes again or late goes where it belongs, also after a restart', () => {
    const { database, parts } = opened()
    const own = parts()
    for (const seq of [1, 2, 4, 6, 8]) own.put(seq, seq, docOf('crane'))
    const again = parts()
    again.put(2, 2, docOf('ship'))
    again.put(3, 3, docOf('crane'))
    assert.deepEqual(found(database, again, 'crane'), [
      [8, 6],
      [4, 3, 1],
    ])
    assert.deepEqual(found(database, again, 'ship'), [[], [2]])
    again.drop(1)
    again.drop(6)
    assert.deepEqual(found(database, again, 'crane'), [[8], [4, 3]])
  })

  test('a transaction that was not kept leaves nothing behind', () => {
    const { database, parts } = opened()
    const own = parts()
    for (const seq of [1, 2, 3]) own.put(seq, seq, docOf('crane'))
    database.exec('begin')
    own.put(4, 4, docOf('crane'))
    database.exec('rollback')
    own.forget()
    assert.equal(own.all().length, 1)
    own.put(4, 4, docOf('crane'))
    assert.deepEqual(found(database, own, 'crane'), [[4], [3, 2, 1]])
  })

  test('the one index of an earlier release is the first part, whatever it holds', () => {
    const { database, parts } = opened(OLD_INDEX)
    const reader = new WordParts({ database, sql: (text) => database.prepare(text) })
    for (let seq = 1; seq <= 5; seq += 1) {
      database.prepare('insert into words (rowid, body) values (?, ?)').run(seq, 'old')
    }
    assert.deepEqual(found(database, reader, 'old'), [[5, 4, 3, 2, 1]])
    const own = parts()
    own.put(6, 6, docOf('old'))
    assert.deepEqual(found(database, own, 'old'), [[6], [5, 4, 3, 2, 1]])
    assert.deepEqual(
      reader.all().map(({ firstAt, lastAt }) => [firstAt, lastAt]),
      [
        [6, 6],
        [null, null],
      ],
      'its days are not known: it is always looked at',
    )
  })
})
