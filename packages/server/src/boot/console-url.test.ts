// Start and `gatepost check` tell the same address of the console.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadBootConfig } from './config.ts'
import { consoleUrl } from './console-url.ts'

const cases: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ['loopback', {}, 'http://localhost:8080/'],
  ['an outward address', { GATEPOST_URL: 'https://gate.example' }, 'https://gate.example/'],
  [
    'TLS of our own',
    { GATEPOST_HTTPS: '0.0.0.0:443', GATEPOST_HOSTNAME: 'mx.gate.example' },
    'https://mx.gate.example/',
  ],
]

for (const [name, env, url] of cases) {
  test(`the console's address: ${name}`, () => {
    assert.equal(consoleUrl(loadBootConfig({ env: new Map(Object.entries(env)), file: null })), url)
  })
}

test('a port that the system chose stands in it', () => {
  const config = loadBootConfig({ env: new Map([['GATEPOST_HTTP', '127.0.0.1:0']]), file: null })
  assert.equal(consoleUrl(config, [{ role: 'http', port: 4711 }]), 'http://localhost:4711/')
})
