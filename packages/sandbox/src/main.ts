// `npm run sandbox`: starts the small internet, its page and Gatepost inside it, and ends them together.
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Directories, startDirectories } from './directories.ts'
import { type GatewayProcess, listeningPorts, startGateway } from './gateway-process.ts'
import { startPage } from './page/server.ts'
import { freshFolder, isFile, readTextIfThere, writeText } from './platform.ts'
import { startWorld, type World } from './world.ts'
import { ENVIRONMENTS, type Environment, isEnvironment } from './world-zones.ts'

const USAGE = `npm run sandbox -- [options]
  --keep               go on with the data and records of the last run
  --no-gateway         only the small internet, without Gatepost
  --data FOLDER        where the gateway keeps its data (./data/sandbox)
  --page-port PORT     the sandbox's page (8090)
  --dns-port PORT      its DNS server (5300)
  --mx-port PORT       its mail hosts (2526)
  --ldap-port PORT     its LDAP directory (3636)
  --environment NAME   where Acme's mail lives: on-premises, microsoft-365, hybrid or google-workspace
`

type Settings = {
  readonly keep: boolean
  readonly withGateway: boolean
  readonly data: string
  readonly pagePort: number
  readonly dnsPort: number
  readonly mxPort: number
  readonly ldapPort: number
  /** Null leaves what the records of the last run say. */
  readonly environment: Environment | null
}

/** The records of the last run; its presence also tells that the folder is a sandbox's. */
const ZONES_FILE = 'sandbox-zones.txt'
/** The service account's key: Gatepost knows it, so a run that goes on needs the same one. */
const GOOGLE_KEY_FILE = 'sandbox-google-key.pem'
const SAVE_EVERY_MS = 2000
/** Ports of 0 become real ones once Gatepost listens. */
const FOLLOW_EVERY_MS = 500
const ROOT = resolve(fileURLToPath(new URL('../../..', import.meta.url)))
const GATEWAY_MAIN = join(ROOT, 'packages/server/src/main.ts')

try {
  const settings = readSettings(process.argv.slice(2))
  process.exitCode = settings === null ? 0 : await runSandbox(settings)
} catch (error) {
  console.error(`The sandbox could not start: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}

async function runSandbox(settings: Settings): Promise<number> {
  await freshFolder(settings.data, { marker: ZONES_FILE, keep: settings.keep })
  const kept = settings.keep ? await readTextIfThere(join(settings.data, ZONES_FILE)) : null
  const directories = await startKept(settings)
  const gatewaySettings = gatewayDefaults(settings)
  try {
    const world = await startWorld({
      dnsPort: settings.dnsPort,
      mxPort: settings.mxPort,
      gateway: endpointOf(gatewaySettings.GATEPOST_SMTP_MX ?? ''),
      tenantId: directories.graph.tenantId,
      ...(kept === null || kept.trim() === '' ? {} : { zoneText: kept }),
    })
    try {
      if (settings.environment !== null) world.setEnvironment(settings.environment)
      return await runInside({ world, directories, settings, gatewaySettings })
    } finally {
      await world.stop()
    }
  } finally {
    await directories.stop()
  }
}

async function startKept({ data, keep, ldapPort }: Settings): Promise<Directories> {
  const path = join(data, GOOGLE_KEY_FILE)
  const googleKey = keep ? await readTextIfThere(path) : null
  const directories = await startDirectories({ ldapPort, googleKey })
  const { private_key } = JSON.parse(directories.google.keyJson) as { readonly private_key: string }
  await writeText(path, private_key)
  return directories
}

type Inside = {
  readonly world: World
  readonly directories: Directories
  readonly settings: Settings
  readonly gatewaySettings: Record<string, string>
}

async function runInside({ world, directories, settings, gatewaySettings }: Inside): Promise<number> {
  let consolePort = endpointOf(gatewaySettings.GATEPOST_HTTP ?? '').port
  const consoleUrl = () => `http://localhost:${consolePort}/`
  const page = await startPage(world, { port: settings.pagePort, consoleUrl, directories })
  const follower = setInterval(async () => {
    const ports = await listeningPorts(settings.data)
    const { host, port } = world.gateway()
    world.setGateway({ host, port: ports?.get('mx') ?? port })
    consolePort = ports?.get('http') ?? consolePort
  }, FOLLOW_EVERY_MS)
  const saver = keepZones(world, join(settings.data, ZONES_FILE))
  console.log(introduction(world, directories, page.url))
  try {
    return await runGateway(settings, {
      ...world.gatewayEnvironment(),
      ...directories.gatewayEnvironment(),
      ...vantage(world),
      ...gatewaySettings,
    })
  } finally {
    clearInterval(follower)
    await saver.stop()
    await page.stop()
  }
}

/** Runs until a signal comes or Gatepost ends by itself. */
async function runGateway(settings: Settings, environment: Record<string, string>): Promise<number> {
  const signalled = new Promise<null>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done(null))
  })
  let gateway: GatewayProcess | null = null
  if (!settings.withGateway) console.log('Gatepost is not started here. Its settings for this world:\n')
  else if (!(await isFile(GATEWAY_MAIN)))
    console.log('Gatepost is not built yet. Its settings for this world:\n')
  else
    gateway = startGateway({
      main: GATEWAY_MAIN,
      folder: ROOT,
      environment: { ...process.env, ...environment },
    })
  if (gateway === null) {
    for (const [name, value] of Object.entries(environment)) console.log(`  ${name}=${value}`)
    await signalled
    return 0
  }
  const code = await Promise.race([signalled, gateway.ended.then((ended) => ended ?? 1)])
  if (code !== null) console.error(`Gatepost ended by itself with ${code}`)
  await gateway.stop()
  return code ?? 0
}

/** A second address to knock from at a locked mail host, where the machine has more than one. */
function vantage({ outside }: World): Record<string, string> {
  return outside.host === '127.0.0.1' ? {} : { GATEPOST_NETWORK_VANTAGE_ADDRESSES: '127.0.0.66' }
}

/** Listeners on loopback only; what the person set in the environment stays. */
function gatewayDefaults(settings: Settings): Record<string, string> {
  return {
    GATEPOST_DATA: settings.data,
    GATEPOST_HTTP: process.env.GATEPOST_HTTP ?? '127.0.0.1:8080',
    GATEPOST_SMTP_MX: process.env.GATEPOST_SMTP_MX ?? '127.0.0.1:2525',
    GATEPOST_SMTP_SUBMISSION: process.env.GATEPOST_SMTP_SUBMISSION ?? '127.0.0.1:2587',
  }
}

function endpointOf(text: string): { readonly host: string; readonly port: number } {
  const match = /^(.+):(\d{1,5})$/.exec(text.split(',')[0]!.trim())
  if (match === null) throw new Error(`expected host:port, not "${text}"`)
  const host = match[1]!.replace(/^\[|\]$/g, '')
  return { host: host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port: Number(match[2]) }
}

/** Writes the zones after each change, so that --keep finds them. */
function keepZones(world: World, path: string): { readonly stop: () => Promise<void> } {
  let saved = -1
  const save = async () => {
    const { version } = world.dns.zones.store
    if (version === saved) return
    saved = version
    await writeText(path, world.dns.zones.exportZone())
  }
  const saveOrSay = () =>
    save().catch((error: unknown) => console.error('The records could not be kept', error))
  const timer = setInterval(saveOrSay, SAVE_EVERY_MS)
  return {
    stop: async () => {
      clearInterval(timer)
      await saveOrSay()
    },
  }
}

function introduction(world: World, { ldap }: Directories, pageUrl: string): string {
  const tls = world.acme.hasTls ? 'with STARTTLS' : 'without STARTTLS (openssl was not found)'
  return `
  Gatepost sandbox
  Page and guide       ${pageUrl}
  DNS                  ${world.dns.address}
  Acme's mail host     ${world.acme.name}, ${world.acme.host}:${world.acme.port}, ${tls}
  Acme's cloud         ${world.cloud.host}:${world.cloud.port}
  Acme's directory     ${ldap.host}:${ldap.tlsPort ?? ldap.port}, LDAP ${ldap.tlsPort === null ? 'in the clear' : 'with TLS'}
  Outside mail hosts   ${world.outside.host}:${world.outside.port}
  Ctrl-C ends everything
`
}

function readSettings(args: readonly string[]): Settings | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      keep: { type: 'boolean', default: false },
      'no-gateway': { type: 'boolean', default: false },
      data: { type: 'string', default: join(ROOT, 'data', 'sandbox') },
      'page-port': { type: 'string', default: '8090' },
      'dns-port': { type: 'string', default: '5300' },
      'mx-port': { type: 'string', default: '2526' },
      'ldap-port': { type: 'string', default: '3636' },
      environment: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return null
  }
  const environment = values.environment ?? null
  if (environment !== null && !isEnvironment(environment))
    throw new Error(`expected one of ${ENVIRONMENTS.join(', ')}, not "${environment}"`)
  return {
    keep: values.keep,
    withGateway: !values['no-gateway'],
    data: resolve(values.data),
    pagePort: portOf(values['page-port']),
    dnsPort: portOf(values['dns-port']),
    mxPort: portOf(values['mx-port']),
    ldapPort: portOf(values['ldap-port']),
    environment,
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new Error(`expected a port from 0 to 65535, not "${text}"`)
  return port
}
