// The command line's manners: usage, help, exit codes, what stands on which stream, and which organisation is
// meant.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Endpoint } from '@gatepost/contract/endpoint.ts'
import type { ProblemBody } from '@gatepost/contract/problem.ts'
import { loadBootConfig } from '#boot/config.ts'
import { systemClock } from '#platform/clock.ts'
import { type Call, NotRunning, Refused } from './client.ts'
import { commands } from './commands.ts'
import { plain, table } from './layout.ts'
import { run } from './main.ts'

type Asked = { readonly name: string; readonly input: unknown }
type Answers = { readonly [endpoint: string]: unknown }

const ACME = { slug: 'acme', name: 'Acme', primaryDomain: 'acme.example' }
const BETA = { slug: 'beta', name: 'Beta', primaryDomain: 'beta.example' }
const CONFIG = loadBootConfig({ env: new Map(), file: null })

async function gatepost(line: string, answers: Answers = {}) {
  const asked: Asked[] = []
  let out = ''
  let error = ''
  const call = (async (endpoint: Endpoint, input: unknown) => {
    asked.push({ name: endpoint.name, input })
    const all = answers[endpoint.name]
    const answer = Array.isArray(all) ? all.shift() : all
    if (answer instanceof Error) throw answer
    if (answer === undefined) throw new Error(`${endpoint.name} was not expected`)
    return answer
  }) as Call
  const words = line.split(' ').filter((word) => word !== '')
  const code = await run(words, {
    config: CONFIG,
    call,
    clock: systemClock,
    print: (text) => {
      out += text
    },
    printError: (text) => {
      error += text
    },
  })
  return { code, out, error, asked }
}

function refused(problem: Partial<ProblemBody>): Refused {
  const whole = {
    type: '',
    title: 'Title',
    status: 422,
    name: 'invalid-input',
    detail: 'Detail.',
    errors: [],
    requestId: 'r1',
  }
  return new Refused({ ...whole, ...problem })
}

const misuse: readonly (readonly [string, RegExp])[] = [
  ['nonsense', /“nonsense” is not a command/],
  ['domains', /gatepost domains verify DOMAIN/],
  ['domains verify', /DOMAIN is missing/],
  ['domains verify a b', /“b” is one too many/],
  ['domains list --colour', /Unknown option '--colour'/],
  ['recipients set acme.example maybe', /“maybe” is not one of accept-all, known/],
  ['connect check everything', /“everything” is not one of name-organization/],
  ['messages list --limit many', /“many” is not a whole number/],
  ['routes test Exchange', /--recipient is missing/],
  ['tenants add Acme', /--domain is missing/],
  ['queue hold', /ID is missing; or give a filter, or --all/],
  ['queue hold msg_1 --all', /Give an id or a filter, not both/],
  ['queue list --state bounced', /“bounced” is not one of queued, held/],
  ['queue reroute msg_1', /--route is missing/],
  ['api sendDig', /no operation\. Perhaps sendDigest\?/],
  ['api sendDigest --body {', /--body is not valid JSON/],
  ['api getDomain', /wants --set domain=…/],
  ['api getDomain --set acme', /“acme” is not NAME=VALUE/],
  ['api previewSenderImport', /takes a file: give --file/],
]

for (const [line, expected] of misuse) {
  test(`called wrongly: ${line}`, async () => {
    const { code, out, error, asked } = await gatepost(line, { listTenants: { items: [ACME] } })
    assert.equal(code, 2)
    assert.equal(out, '')
    assert.match(error, expected)
    assert.deepEqual(
      asked.filter(({ name }) => name !== 'listTenants'),
      [],
    )
  })
}

test('help is found by every road, for each command and group', async () => {
  for (const line of ['', 'help', '--help', '-h']) {
    const { code, out } = await gatepost(line)
    assert.equal(code, 0)
    for (const { path } of commands) assert.ok(out.includes(`  ${path} `), `${path} is in the overview`)
  }
  const group = await gatepost('help domains')
  assert.match(group.out, /gatepost domains add DOMAIN[\s\S]+gatepost domains remove DOMAIN/)
  assert.equal((await gatepost('routes test --help')).out, (await gatepost('help routes test')).out)
  assert.equal((await gatepost('help nonsense')).code, 2)
})

test('every command of the agreed list is there, with a sentence', () => {
  const expected = [
    'status',
    ...['list', 'add'].map((verb) => `tenants ${verb}`),
    ...['list', 'add', 'verify', 'remove'].map((verb) => `domains ${verb}`),
    ...['list', 'add', 'import', 'remove'].map((verb) => `users ${verb}`),
    ...['list', 'add', 'test'].map((verb) => `routes ${verb}`),
    ...['list', 'authorise', 'revoke'].map((verb) => `outbound ${verb}`),
    ...['show', 'set'].map((verb) => `recipients ${verb}`),
    ...['show', 'check'].map((verb) => `mx ${verb}`),
    ...['status', 'check', 'skip'].map((verb) => `connect ${verb}`),
    ...['list', 'show', 'retry'].map((verb) => `messages ${verb}`),
    ...['show', 'check'].map((verb) => `readiness ${verb}`),
    ...['audit list', 'openapi', 'config', 'reference'],
  ]
  const paths = commands.map(({ path }) => path)
  assert.deepEqual(
    expected.filter((path) => !paths.includes(path)),
    [],
  )
  assert.equal(new Set(paths).size, paths.length)
  for (const { means } of commands) assert.match(means, /^[A-Z].+\.$/)
})

test('the organisation is the only one, or the one that is named', async () => {
  const empty = { items: [] }
  const only = await gatepost('domains list', { listTenants: { items: [ACME] }, listDomains: empty })
  assert.equal(only.code, 0)
  assert.deepEqual(only.asked.at(-1)?.input, { params: { tenant: 'acme' } })
  const named = await gatepost('--tenant beta domains list', { listDomains: empty })
  assert.deepEqual(named.asked, [{ name: 'listDomains', input: { params: { tenant: 'beta' } } }])
  const several = await gatepost('domains list', { listTenants: { items: [ACME, BETA] } })
  assert.equal(several.code, 1)
  assert.match(several.error, /several organisations\. Say which one by --tenant: acme, beta/)
  const none = await gatepost('domains list', { listTenants: empty })
  assert.match(none.error, /no organisation yet/)
})

test('problems stand on the error stream: title, detail, fields; exit code 1', async () => {
  const fields = [{ path: '/host', message: 'Write a host name.' }]
  const answers = { addRoute: refused({ title: 'Some fields need attention', errors: fields }) }
  const field = await gatepost('routes add Exchange ?? --tenant acme', answers)
  assert.deepEqual([field.code, field.out], [1, ''])
  assert.equal(field.error, 'Some fields need attention\n  /host: Write a host name.\n')
  const missing = refused({
    name: 'not-found',
    title: 'There is no such thing here',
    detail: 'No domain x.example.',
  })
  const detail = await gatepost('domains show x.example --tenant acme', { getDomain: missing })
  assert.equal(detail.error, 'There is no such thing here\nNo domain x.example.\n')
})

test('what has no command of its own is asked by its operation', async () => {
  const body = '{"enabled":false}'
  const { code, out, asked } = await gatepost(`api setAutoAllow --tenant acme --set x=1 --body ${body}`, {
    setAutoAllow: { days: 120 },
  })
  assert.deepEqual([code, out], [0, '{\n  "days": 120\n}\n'])
  const input = { params: { tenant: 'acme' }, query: { x: '1' }, body: { enabled: false } }
  assert.deepEqual(asked, [{ name: 'setAutoAllow', input }])
  const all = await gatepost('api')
  assert.match(all.out, /askWhere +POST +\/v1\/tenants\/\{tenant\}\/where/)
  assert.doesNotMatch(all.out, /agentWork/)
})

test('check says what a start would do', async () => {
  const { code, out } = await gatepost('check')
  assert.equal(code, 0)
  assert.match(out, /Inbound SMTP +0\.0\.0\.0:2525\n/)
  assert.match(out, /Certificate +one made by ourselves\n/)
})

test('a gateway that is away is one clear line', async () => {
  const { code, error } = await gatepost('tenants list', {
    listTenants: new NotRunning('Gatepost is not running on data.'),
  })
  assert.deepEqual([code, error], [1, 'Gatepost is not running on data.\n'])
})

test('--json prints what the API answered, and nothing else', async () => {
  const { out } = await gatepost('tenants list --json', { listTenants: { items: [ACME] } })
  assert.deepEqual(JSON.parse(out), [ACME])
})

test('what needs no gateway asks none', async () => {
  const openapi = await gatepost('openapi')
  assert.equal(JSON.parse(openapi.out).openapi, '3.1.0')
  const config = await gatepost('config')
  assert.match(config.out, /GATEPOST_HTTP_TRUSTED_PROXIES/)
  const markdown = await gatepost('config --markdown')
  assert.match(markdown.out, /^# Configuration\n/)
  assert.deepEqual([...openapi.asked, ...config.asked, ...markdown.asked], [])
})

test('the committed reference pages are current', async () => {
  const { code, out } = await gatepost('reference --check')
  assert.deepEqual([code, out], [0, 'All pages are current.\n'], 'run: npm run gatepost -- reference')
})

test('strangers’ text cannot steer the terminal', () => {
  assert.equal(plain('a\u001b[2Jb\r\nc\u202ed'), 'a [2Jb c d')
  assert.equal(table(['One', 'Two'], [['\u0007bell', 'x']], ''), 'One    Two\n bell  x\n')
  assert.equal(table(['One'], [], 'Nothing yet.'), 'Nothing yet.\n')
})

test('what comes behind a page is asked for with the same flags', async () => {
  const page = { items: [], next: 'msg_9', pause: { delivery: false, routes: [] }, unreachable: [] }
  const answers = { listQueue: page }
  const { out } = await gatepost('queue list --tenant acme --search a|b --after msg_5 --state held', answers)
  const line = "Go on with: gatepost queue list --tenant acme --search 'a|b' --state held --after msg_9\n"
  assert.ok(out.endsWith(line), out)
})

test('an action on all that matches goes on to its end, and names a node that was silent on the way', async () => {
  const done = { messages: 1, recipients: 1, found: 1, missing: 0, busy: 0, withheld: 0 }
  const silent = {
    ...done,
    next: 'msg_9',
    unreachable: [{ node: 'vm', slot: 1, why: 'no edge fetches orders' }],
  }
  const answers = { actOnQueue: [silent, { ...done, next: null, unreachable: [] }] }
  const { code, out, asked } = await gatepost('queue retry --tenant acme --all', answers)
  assert.deepEqual([code, asked.length], [1, 2])
  assert.match(out, /2 recipients of 2 messages tried now\.\nNo answer from vm, worker 1/)
})
