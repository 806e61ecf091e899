// What is said of claims of held domains (C1), by code.

export const claimSayings = {
  'claim.taken':
    'Another organisation on this gateway has validated this domain. If it is yours now, claim it: ' +
    'with a record of your own and the operator’s word it becomes yours.',
  'claim.below':
    'Another organisation on this gateway has validated a domain above it. Claim that one, or ask ' +
    'your operator.',
  'claim.none': 'There is no such claim, or it has ended.',
  'claim.not-there': 'The new record of {{domain}} is not there.',
  'claim.must-stand': 'The new record has to stand for a day, in which its holder is told.',
  'claim.old-there': 'The record of {{holder}} is there.',
  'claim.missing-for': 'The record of {{holder}} was seen missing for {{hours}} of {{needed}} hours.',
  'claim.operator': 'An operator signs in by {{address}}. Make that account at another address first.',
  'claim.back': 'The record of {{holder}} is back.',
  'claim.old-unknown': 'Nobody could tell whether the old record is gone: {{why}}.',
  'claim.new-unknown': 'Nobody could tell whether the new record is there: {{why}}.',
  'claim.changed': 'Something changed meanwhile. Look at the claim again.',
  'claim.above': 'Another organisation holds a domain above it by now.',
} as const
