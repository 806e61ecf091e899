// Steps that drift or cannot be looked at: what was right and is not any more, and failed looks that are no
// "no".
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StepName } from '@gatepost/contract/connect.ts'
import { complete, domain, empty, mx, NOW, passed, route } from './derive.fixture.ts'
import { deriveConnect } from './derive.ts'
import type { Observed } from './observed.ts'

const seen = { name: 'seen-client', title: '', saw: '', remedy: null, checkedAt: NOW, nextCheckAt: null }

const cases: readonly (readonly [string, StepName, Partial<Observed>, string])[] = [
  [
    'cut off: nobody could look, which is no "no"',
    'prepare-inbound',
    {
      domains: [domain()],
      routes: [route({ ...passed, passed: false, checks: [{ ...seen, state: 'not-verified' }] })],
    },
    'in-progress: mail.acme.example was not tested',
  ],
  [
    'a sub-domain that lost its MX',
    'modify-mx',
    {
      ...complete,
      domains: [
        ...complete.domains,
        domain({
          name: 'sub.acme.example',
          validatedBy: 'parent',
          mx: mx('none', { completeAt: NOW, misses: 2 }),
        }),
      ],
    },
    'needs-attention: The MX of sub.acme.example is no longer ours',
  ],
  [
    'sub-domains that take no mail, or of which nobody could tell',
    'modify-mx',
    {
      ...complete,
      domains: [
        ...complete.domains,
        domain({ name: 'a.acme.example', validatedBy: 'parent', mx: mx('none') }),
        domain({ name: 'b.acme.example', validatedBy: 'parent', mx: mx('unknown') }),
        domain({
          name: 'c.acme.example',
          validatedBy: 'parent',
          mx: mx('elsewhere', { records: [{ preference: 0, exchange: '.' }] }),
        }),
      ],
    },
    'done: 1 domain, mail seen',
  ],
]
for (const [title, name, change, wanted] of cases) {
  test(`${name}, ${title}`, () => {
    const step = deriveConnect({ ...empty, ...change }).steps.find((candidate) => candidate.name === name)!
    assert.equal(`${step.state}: ${step.detail}`, wanted)
  })
}
