// The import flow: preview first, wrong rows are named and can be mended, undo is offered.
import { describe, expect, test } from 'vitest'
import english from '#i18n/en/users.json'
import { errorsCsv } from '#shared/row-errors.tsx'
import { markupOf, wordsOf } from '../../../fixtures/markup.tsx'
import { userImport } from '../../../fixtures/organization.ts'
import { wordsOf as wordsIn } from '../../../fixtures/words.ts'
import { ImportPreview } from './import-preview.tsx'
import { ImportResult, sentenceOf } from './import-result.tsx'

const nothing = () => {}
const words = wordsIn(english)

function preview(shown: typeof userImport): string {
  return wordsOf(
    markupOf(
      <ImportPreview
        shown={shown}
        busy={false}
        checking={false}
        error={null}
        onMap={nothing}
        onCommit={nothing}
        onDiscard={nothing}
      />,
    ),
  )
}

function result(shown: typeof userImport): string {
  return wordsOf(
    markupOf(<ImportResult shown={shown} busy={false} error={null} onUndo={nothing} onAgain={nothing} />),
  )
}

describe('preview', () => {
  test('names wrong rows by line, column, text and reason, and offers the good ones', () => {
    const words = preview(userImport)
    expect(words).toContain('Preview of people.csv: 5 rows, nothing imported yet')
    expect(words).toContain('Nothing imported yet: 1 row needs attention')
    expect(words).toContain('Line 4 , email: tom.healy@ has no domain')
    expect(words).toContain('Download rows to mend')
    expect(words).toContain('Import the 3 good rows')
  })

  test('says what replacing removes, and asks for a yes to many', () => {
    const many = {
      ...userImport,
      mode: 'replace' as const,
      removes: 12,
      keeps: 1,
      removesSample: ['a@acme.example'],
    }
    const words = preview({ ...many, removalsNeedYes: true })
    expect(words).toContain('12 users of earlier lists are removed')
    expect(words).toContain('a@acme.example and 11 more')
    expect(words).toContain('1 user of the list before stays')
    expect(words).toContain('Yes, remove 12 users')
  })

  test('passes on what was assumed of the file', () => {
    expect(preview(userImport)).toContain('we read it as Windows-1252')
  })

  test('without errors all rows go in', () => {
    const words = preview({ ...userImport, errors: [], errorCount: 0 })
    expect(words).toContain('Import 3 users')
    expect(words).not.toContain('attention Nothing')
  })
})

describe('result', () => {
  const committed = { ...userImport, state: 'committed' as const, committedAt: Date.now() }

  test('counts what happened and offers undo while it lasts', () => {
    expect(sentenceOf({ ...committed, adds: 1_180, unchanged: 14, errorCount: 6 }, words)).toBe(
      '1,180 users added, 14 unchanged, 6 need attention',
    )
    expect(result({ ...committed, undoUntil: Date.now() + 3_600_000 })).toContain('Undo import')
    expect(result({ ...committed, undoUntil: Date.now() - 60_000 })).not.toContain('Undo import')
  })

  test('says when it was taken back, or grew too old', () => {
    expect(result({ ...committed, state: 'undone' })).toContain('The import of people.csv is taken back')
    expect(result({ ...committed, state: 'expired' })).toContain('Nothing was imported')
  })
})

test('rows to mend are quoted, and formulas are defused', () => {
  const csv = errorsCsv([{ line: 4, column: 'name', text: '=HYPERLINK("x")', reason: 'is "too" long' }])
  expect(csv).toBe('"line","column","text","reason"\r\n"4","name","\'=HYPERLINK(""x"")","is ""too"" long"')
})
