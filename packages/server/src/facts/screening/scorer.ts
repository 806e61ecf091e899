// Which scorer of spam is used, here and in the thread.
import type { SpamFact } from '#policy/facts.ts'
import type { SpamInput } from './screening.ts'
import { scoreMessage } from './spam/score.ts'

export type ScoreSpam = (input: SpamInput) => SpamFact

export const scoreSpam: ScoreSpam = (input) => scoreMessage(input, input.about.taught)
