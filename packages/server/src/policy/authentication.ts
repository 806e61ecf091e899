// Authentication: states what SPF found (RFC 7208). It decides nothing yet; later policies read the same
// fact.
import { definePolicy } from './policy.ts'

export const authentication = definePolicy({
  name: 'authentication',
  stage: 'message',
  needs: ['spf'],
  whenBlind: () => 'continue', // A DNS time-out never refuses for good (law 4).
  judge(_transaction, { spf }) {
    return { kind: 'continue', because: 'spf-evaluated', saw: `spf=${spf.result} (${spf.domain})` }
  },
})
