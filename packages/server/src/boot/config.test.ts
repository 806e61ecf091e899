// The boot configuration must take what is documented and name file, key and expectation for anything else.
import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { ConfigError, findConfigFile, loadBootConfig } from './config.ts'

const none = new Map<string, string>()

function faultOf(env: ReadonlyMap<string, string>, text: string | null = null): string {
  try {
    loadBootConfig({ env, file: text === null ? null : { name: 'gatepost.toml', text } })
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.message
  }
  return ''
}

test('defaults need no root and listen as documented', () => {
  const config = loadBootConfig({ env: none, file: null })
  assert.deepEqual(config.http.listen, { host: '127.0.0.1', port: 8080 })
  assert.deepEqual(config.smtp.mx, [{ host: '0.0.0.0', port: 2525 }])
  assert.deepEqual(config.smtp.submission, [{ host: '0.0.0.0', port: 2587 }])
  assert.equal(config.data, './data')
  assert.equal(config.database, null)
})

test('the file is read, and the environment wins over it', () => {
  const text =
    'hostname = "mx.one.example"\n[smtp]\nmx = ["127.0.0.1:25", "[::1]:25"]\n[limits]\nconnections = 50\n'
  const env = new Map([['GATEPOST_HOSTNAME', 'mx.two.example']])
  const config = loadBootConfig({ env, file: { name: 'gatepost.toml', text } })
  assert.equal(config.hostname, 'mx.two.example')
  assert.deepEqual(config.smtp.mx[1], { host: '::1', port: 25 })
  assert.equal(config.limits.connections, 50)
})

test('certificates are fetched once the terms are agreed to, for our name and the console’s', () => {
  assert.equal(loadBootConfig({ env: none, file: null }).tls.acme, null)
  const text = [
    'hostname = "MX.one.example"',
    '[http]',
    'tls_listen = "0.0.0.0:443"',
    'url = "https://gate.one.example/"',
    '[tls]',
    'certificates = ["/a/b.pem:/a/b.key"]',
    '[tls.acme]',
    'terms_agreed = true',
  ].join('\n')
  const { tls, http } = loadBootConfig({ env: none, file: { name: 'gatepost.toml', text } })
  assert.deepEqual(tls.acme?.names, ['mx.one.example', 'gate.one.example'])
  assert.equal(tls.acme?.directory, 'https://acme-v02.api.letsencrypt.org/directory')
  assert.deepEqual(tls.further, [{ certificate: '/a/b.pem', key: '/a/b.key' }])
  assert.deepEqual(http.tlsListen, { host: '0.0.0.0', port: 443 })
})

test('a configuration file that is named and absent, or that cannot be read, is one clear line', () => {
  const named = (path: string) => () => findConfigFile(new Map([['GATEPOST_CONFIG', path]]))
  assert.throws(named('/absent/gatepost.toml'), /there is no such file; GATEPOST_CONFIG names it/)
  assert.throws(
    named(tmpdir()),
    (error) => error instanceof ConfigError && /cannot be read by this account: EISDIR/.test(error.message),
  )
})

const wrong: readonly (readonly [string, Map<string, string>, string | null, RegExp])[] = [
  [
    'unknown key',
    none,
    'hostnam = "x"',
    /gatepost\.toml: key "hostnam" is not known; did you mean hostname\?/,
  ],
  [
    'unknown variable',
    new Map([['GATEPOST_WORKER', '2']]),
    null,
    /GATEPOST_WORKER is not known; did you mean GATEPOST_WORKERS\?/,
  ],
  [
    'a variable by the name of its key',
    new Map([['GATEPOST_HTTP_LISTEN', '127.0.0.1:1']]),
    null,
    /GATEPOST_HTTP_LISTEN is not known; did you mean GATEPOST_HTTP\?/,
  ],
  ['bad endpoint', new Map([['GATEPOST_HTTP', '8080']]), null, /GATEPOST_HTTP: expected host:port/],
  ['bad port', new Map([['GATEPOST_HTTP', '127.0.0.1:99999']]), null, /GATEPOST_HTTP: expected a port/],
  [
    'bad number in file',
    none,
    '[limits]\nconnections = "many"',
    /gatepost\.toml: limits\.connections: expected a whole number/,
  ],
  ['not TOML', none, 'workers = 2\na = = b', /gatepost\.toml, line 2: not valid TOML: \S/],
  ['half of TLS', new Map([['GATEPOST_TLS_KEY', '/k.pem']]), null, /expected both or neither/],
  [
    'names without the terms',
    new Map([['GATEPOST_TLS_ACME_NAMES', 'mx.one.example']]),
    null,
    /tls\.acme\.names: nothing is fetched before tls\.acme\.terms_agreed is yes/,
  ],
  [
    'half of an external account',
    new Map([['GATEPOST_TLS_ACME_EAB_KEY_ID', 'abc']]),
    null,
    /eab_key_id and tls\.acme\.eab_hmac_key: expected both or neither/,
  ],
  ['a pair of one', new Map([['GATEPOST_TLS_CERTIFICATES', '/a.pem']]), null, /CHAIN\.pem:KEY\.pem/],
  [
    'a directory in clear',
    new Map([['GATEPOST_TLS_ACME_DIRECTORY', 'http://ca.example/dir']]),
    null,
    /expected an https address/,
  ],
  ['a range that is none', new Map([['GATEPOST_PROXY_TRUSTED', '10.0.0.0/33']]), null, /address or network/],
  ['an address that is none', none, '[dns]\nresolver = "1.1.1.999:53"', /dns\.resolver: expected ip:port/],
  ['a number for text', none, '[http]\nlisten = 8080', /http\.listen: expected text in quotes \(got 8080\)/],
  ['a date for text', none, 'data = 2026-01-01', /gatepost\.toml: data: expected text in quotes/],
  ['a scanner without its port', new Map([['GATEPOST_CLAMD', '127.0.0.1']]), null, /host:port or the path/],
  [
    'a path in the console’s address',
    new Map([['GATEPOST_URL', 'https://a.example/b']]),
    null,
    /without a path/,
  ],
  [
    'no web address',
    new Map([['GATEPOST_URL', 'ftp://a.example/']]),
    null,
    /URL: expected the console’s address/,
  ],
  ['console off loopback', new Map([['GATEPOST_HTTP', '0.0.0.0:8080']]), null, /http\.trusted_proxies/],
]
for (const [name, env, text, pattern] of wrong) {
  test(`refused with key and expectation: ${name}`, () => assert.match(faultOf(env, text), pattern))
}
