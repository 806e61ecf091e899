// Times, sizes and counts in the words of the look.
import { afterEach, expect, test } from 'vitest'
import { setLocale } from '#i18n/language.ts'
import { ago, bytes, count, minutesSeconds, plural, score, span, utc } from './format.ts'

afterEach(() => setLocale('en'))

test.each([
  [412, '412 ms'],
  [1_800, '1.8 s'],
  [2_000, '2 s'],
  [12_000, '12 s'],
  [250_000, '4 min 10 s'],
  [120_000, '2 min'],
  [12_000_000, '3 h 20 min'],
  [172_800_000, '2 days'],
])('a span of %i ms is %s', (milliseconds, words) => expect(span(milliseconds)).toBe(words))

test.each([
  [500, 'just now'],
  [12_000, '12 s ago'],
  [240_000, '4 min ago'],
  [10_800_000, '3 h ago'],
])('%i ms before now is %s', (age, words) =>
  expect(ago(1_800_000_000_000 - age, 1_800_000_000_000)).toBe(words),
)

test.each([
  [812, '812 B'],
  [24_100, '24 kB'],
  [999_700, '1 MB'],
  [1_440_000, '1.4 MB'],
  [3_200_000_000, '3.2 GB'],
])('%i octets are %s', (size, words) => expect(bytes(size)).toBe(words))

test('counts have commas, and one is one', () => {
  expect(count(1_186)).toBe('1,186')
  expect(plural(1, 'row')).toBe('1 row')
  expect(plural(2, 'row')).toBe('2 rows')
})

test('counting down never goes below zero', () => {
  expect(minutesSeconds(2_292_000)).toBe('38:12')
  expect(minutesSeconds(-5)).toBe('0:00')
})

test('the hover names UTC', () => expect(utc(0)).toBe('1970-01-01 00:00:00 UTC'))

test.each([
  ['de', '1,8 s', '3 Tage', '1,4 MB'],
  ['fr', '1,8 s', '3\u00a0jours', '1,4 Mo'],
])('spans and sizes are written as %s writes them', (language, seconds, days, size) => {
  setLocale(language)
  expect([span(1_800), span(3 * 86_400_000), bytes(1_440_000)]).toEqual([seconds, days, size])
  expect(score(5)).toBe('5,0')
})
