// The login of a route as flags name it.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { CommandFailed, UsageError } from '../command.ts'
import { loginIn } from './route-login.ts'

test('the password comes from a file, and flags without a user name are refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-'))
  try {
    const file = join(folder, 'password')
    writeFileSync(file, 'correct horse\n')
    const read = (given: { user?: string; secret?: string }, mechanisms: readonly string[] = []) =>
      loginIn({ flag: (name) => given[name as 'user'], flags: () => mechanisms })
    assert.equal(read({}), undefined)
    assert.deepEqual(read({ user: 'acme' }), { username: 'acme' })
    assert.deepEqual(read({ user: 'acme', secret: file }, ['PLAIN', 'LOGIN']), {
      username: 'acme',
      password: 'correct horse',
      mechanisms: ['PLAIN', 'LOGIN'],
    })
    assert.throws(() => read({ secret: file }), UsageError)
    assert.throws(() => read({ user: 'acme' }, ['NTLM']), UsageError)
    assert.throws(() => read({ user: 'acme', secret: join(folder, 'none') }), CommandFailed)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
