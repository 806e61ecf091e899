// Secrets open in their own place and with a key that is there, and nowhere else.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  addMasterKey,
  createSecretBox,
  dropOldMasterKeys,
  ensureMasterKey,
  KeyFileRefused,
  openSecretBox,
  SecretUnreadable,
} from './secret-box.ts'

const place = { tenantId: 'ten_a', column: 'connector.secret', id: 'con_1' }

test('a sealed secret opens in its place, twice sealed never looks alike', () => {
  const box = createSecretBox()
  const sealed = box.seal('pässword', place)
  assert.equal(box.open(sealed, place), 'pässword')
  assert.notEqual(sealed, box.seal('pässword', place))
  assert.doesNotMatch(sealed, /ssword/)
})

test('no other tenant, column or row opens it, nor does a changed text', () => {
  const box = createSecretBox()
  const sealed = box.seal('secret', place)
  for (const other of [
    { ...place, tenantId: 'ten_b' },
    { ...place, column: 'other.secret' },
    { ...place, id: 'con_2' },
    { tenantId: 'ten_aconnector', column: '.secret', id: 'con_1' },
  ])
    assert.throws(() => box.open(sealed, other), SecretUnreadable)
  assert.throws(() => box.open(`${sealed.slice(0, -2)}AA`, place), SecretUnreadable)
  assert.throws(() => createSecretBox().open(sealed, place), SecretUnreadable)
  assert.throws(() => box.open('', place), SecretUnreadable)
})

test('the key file is private; a key put in front seals, the old one still opens', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-keys-'))
  try {
    const path = join(folder, 'master.key')
    ensureMasterKey(path)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    const sealed = openSecretBox(path).seal('secret', place)
    ensureMasterKey(path)
    assert.equal(openSecretBox(path).open(sealed, place), 'secret')
    writeFileSync(path, `# rotated\n${Buffer.alloc(32, 7).toString('base64')}\n${readFileSync(path, 'utf8')}`)
    const rotated = openSecretBox(path)
    assert.equal(rotated.open(sealed, place), 'secret')
    assert.equal(rotated.isOutdated(sealed), true)
    assert.equal(rotated.isOutdated(rotated.seal('secret', place)), false)
    writeFileSync(path, 'short\n')
    assert.throws(() => openSecretBox(path), KeyFileRefused)
    writeFileSync(path, '')
    assert.throws(() => openSecretBox(path), KeyFileRefused)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a key that was put in front by another process is found when its first value comes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-key-'))
  try {
    const path = join(folder, 'master.key')
    ensureMasterKey(path)
    const control = openSecretBox(path)
    const edge = openSecretBox(path)
    const old = control.seal('old', place)
    const id = addMasterKey(path, 'made by a test')
    assert.equal(control.isOutdated(old), false, 'until it is told')
    control.refresh()
    assert.deepEqual([control.keyIds()[0], control.isOutdated(old)], [id, true])
    const sealed = control.seal('new', place)
    assert.equal(edge.open(sealed, place), 'new')
    assert.equal(edge.open(old, place), 'old')
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.equal(dropOldMasterKeys(path).length, 1)
    assert.throws(() => openSecretBox(path).open(old, place), SecretUnreadable)
    assert.equal(openSecretBox(path).open(sealed, place), 'new')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
