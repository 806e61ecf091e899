// The shipped spam model on a sample of the open corpus: a guard that nothing broke it, as it was taught with
// the sa-* strata of it. Fair figures by fold are the bench's (bench/results-spam.md). Skipped without a
// corpus.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { scoreContent } from '@gatepost/server/spam/score.ts'
// @ts-expect-error: scripts are plain JavaScript
import { readCorpus } from '../scripts/lib/corpus.mjs'

type Message = {
  readonly label: 'ham' | 'spam' | 'phish'
  readonly stratum: string
  readonly content: Buffer
  readonly clientIp: string
  readonly helo: string
  readonly reversePath: string | null
}

const folder = join(process.env.GATEPOST_TESTDATA ?? '../shared/testdata', 'mail-corpus-dev')
const MODERATE = 5
const REFUSED = 28
/** Every so many-th message of each label; hard ham whole, as there is little of it. */
const EVERY = 5

test('the shipped model on a sample', { skip: !existsSync(folder) && 'component missing: testdata' }, () => {
  const corpus: readonly Message[] = readCorpus(folder)
  const sample = corpus.filter(({ stratum }, at) => at % EVERY === 0 || stratum.startsWith('sa-hard'))
  const points = sample.map((message) => {
    const { content, clientIp, helo, reversePath } = message
    return scoreContent({ content, clientIp, helo, reversePath, authentication: null }, null).score
  })
  const share = (pick: (message: Message) => boolean, limit = MODERATE): number => {
    const of = points.filter((_, at) => pick(sample[at]!))
    assert.ok(of.length > 20, 'the sample is too small to say anything')
    return of.filter((score) => score >= limit).length / of.length
  }
  const ham = ({ label }: Message) => label === 'ham'
  const of = (stratum: string) => (message: Message) => message.stratum.startsWith(stratum)
  // Floors of strata that taught nothing lie some points below what the bench finds: it is a sample.
  assert.ok(share(of('phishing_pot')) >= 0.8, 'phish found')
  assert.ok(share(of('csdmc-spam')) >= 0.88, 'spam of a kind that was never taught')
  assert.ok(share(of('sa-spam')) >= 0.9, 'spam found')
  assert.ok(share((message) => ham(message) && !of('sa-hard')(message)) <= 0.005, 'ham lost')
  assert.ok(share(of('sa-hard')) <= 0.03, 'hard ham lost')
  assert.equal(share(ham, REFUSED), 0, 'ham refused')
})
