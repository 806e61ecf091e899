// Makes the spam model that ships: node scripts/train-spam.mjs CORPUS [OUT]. Teaches with the public-domain
// strata of the corpus (sa-*) and our own texts alone; the rest of the corpus serves to fix one number, the
// limit.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCorpus } from './lib/corpus.mjs'
import { BEND, compose, LOST_SHARE, limitOf, measureAll, TAUGHT, teach } from './lib/spam-teaching.mjs'

const root = join(import.meta.dirname, '..')
const [corpusFolder, out = join(root, 'packages/server/src/spam/model.json')] = process.argv.slice(2)
if (corpusFolder === undefined) {
  console.error('usage: node scripts/train-spam.mjs CORPUS [OUT]')
  process.exit(2)
}
const corpus = readCorpus(corpusFolder)
if (corpus === null) {
  console.error(`There is no index.csv in ${corpusFolder}.`)
  process.exit(2)
}
const texts = join(root, 'scripts/spam-texts')
const made = compose(texts)
const rows = measureAll(corpus)
const model = teach([...rows.filter(({ stratum }) => TAUGHT.test(stratum)), ...made])
const limit = limitOf(rows, made)
const count = (rows, key) =>
  Object.fromEntries(
    [...new Set(rows.map(key))].sort().map((name) => [name, rows.filter((row) => key(row) === name).length]),
  )
const digest = (text) => createHash('sha256').update(text).digest('hex')
const record = {
  taught: {
    corpus: 'SpamAssassin public corpus by stdlib-js/datasets-spam-assassin (ODC-PDDL 1.0 and CC0 1.0)',
    messages: count(
      rows.filter(({ stratum }) => TAUGHT.test(stratum)),
      ({ stratum }) => stratum,
    ),
    index: digest(readFileSync(join(corpusFolder, 'index.csv'))),
  },
  ownTexts: {
    messages: count(made, ({ label }) => label),
    texts: digest(
      readdirSync(texts)
        .sort()
        .map((name) => readFileSync(join(texts, name), 'utf8'))
        .join(''),
    ),
  },
  limit: `the points of ${100 * LOST_SHARE} % of the wanted mail of the open set, each scored by a model that was not taught with it`,
  notTaught: 'csdmc-*, list-* and phishing_pot: their texts belong to their writers or may not be shipped',
}
const file = { version: 2, record, limit, bend: BEND, ...pack(model) }
writeFileSync(out, `${JSON.stringify(file, null, 1)}\n`)
console.log(`${out}: ${JSON.stringify(file).length} octets, limit ${limit.toFixed(2)}`)

function pack({ bias, features, words }) {
  const top = words.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0)
  const octets = Buffer.alloc(words.length)
  words.forEach((weight, at) => {
    octets.writeInt8(Math.round((weight / top) * 127), at)
  })
  const rounded = Object.fromEntries(
    [...features].map(([name, weight]) => [name, Math.round(weight * 1000) / 1000]),
  )
  return {
    bias: Math.round(bias * 1000) / 1000,
    features: rounded,
    scale: top / 127,
    words: octets.toString('base64'),
  }
}
