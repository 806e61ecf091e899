// What pages tell administrators to grant is what the readers ask for; and settings are checked by kind.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as entraContract from '@gatepost/contract/directory-entra.ts'
import * as googleContract from '@gatepost/contract/directory-google.ts'
import { GROUP_ROLES, USER_ROLES } from '@gatepost/directory/entra.ts'
import { isSecretId } from '@gatepost/directory/entra-settings.ts'
import { googleScopes } from '@gatepost/directory/google-settings.ts'
import type { DirectoryDeps } from '../kind.ts'
import { entraKind } from './entra.ts'
import { googleKind } from './google.ts'

const deps = {} as DirectoryDeps

describe('kinds of web directories', () => {
  it('tell administrators to grant what is asked for', () => {
    assert.deepEqual([...googleContract.googleScopes], [...googleScopes])
    const needed = entraContract.entraPermissions.filter((one) => one.needed).map(({ name }) => name)
    assert.deepEqual(needed, [...USER_ROLES, ...GROUP_ROLES])
    for (const text of ['0F8FAD5B-d9cb-469f-a165-70867728950e', 'abc8Q~x', ''])
      assert.equal(entraContract.isSecretId(text), isSecretId(text))
  })

  const entra = entraContract.EntraSettings.parse({
    kind: 'entra',
    tenantDomain: 'Acme.onmicrosoft.com',
    clientId: '4b1c2d3e-5f60-4718-8a9b-0c1d2e3f4a5b',
  })
  const cases: readonly [string, object, string, string | null][] = [
    ['a good secret', {}, 'q1w8Q~kd83jLk', null],
    ['a secret id', {}, '0f8fad5b-d9cb-469f-a165-70867728950e', '/secret'],
    ['a tenant that is none', { tenantDomain: 'acme' }, 'q1w8Q~', '/settings/tenantDomain'],
    ['a client id that is none', { clientId: 'x' }, 'q1w8Q~', '/settings/clientId'],
    ['a certificate that is none', { credential: 'certificate' }, 'q1w8Q~', '/secret'],
  ]
  for (const [name, change, secret, path] of cases)
    it(`put a fault beside its field: ${name}`, () => {
      const [error] = entraKind.check({ settings: { ...entra, ...change }, secret }, deps)
      assert.equal(error?.path ?? null, path)
    })

  it('know when a change means another listing', () => {
    const same = { ...entra, secretExpiresAt: 1 }
    assert.equal(entraKind.isSameListing(entra, same), true)
    assert.equal(entraKind.isSameListing(entra, { ...entra, guests: true }), false)
    assert.equal(entraKind.normalize(entra).tenantDomain, 'acme.onmicrosoft.com')
  })

  it('read the client id out of Google’s key file for the page', () => {
    assert.equal(
      googleContract.googleClientIdOf('{"client_id":"108154709217634512345"}'),
      '108154709217634512345',
    )
    for (const text of ['', 'x', '[]', '{"client_id":"<b>"}'])
      assert.equal(googleContract.googleClientIdOf(text), null)
    const settings = googleContract.GoogleSettings.parse({ kind: 'google', adminEmail: 'a@acme.example' })
    assert.equal(googleKind.check({ settings, secret: '{}' }, deps)[0]?.path, '/secret')
  })
})
