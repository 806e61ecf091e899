// The agent's command line: paired once, told where the directory is, then run as a service.
import { parseArgs } from 'node:util'
import { DirectoryFault } from '@gatepost/directory/entry.ts'
import { testLdap } from '@gatepost/directory/ldap/tests.ts'
import { Agent, type Report } from './agent.ts'
import {
  type AgentConfig,
  directoryWords,
  EVERY_MINUTES,
  gatewayAddress,
  parseConfig,
  settings,
  WrongSetting,
} from './config.ts'
import { createGateway, GatewayFault, pair } from './gateway.ts'
import {
  about,
  environment,
  honourProxy,
  readAny,
  readOwn,
  standardInput,
  systemEffects,
  writeOwn,
} from './platform.ts'
import { AGENT_VERSION } from './version.ts'

const CONFIG = 'config.json'
const STATUS = 'status.json'

const USAGE = `gatepost-agent ${AGENT_VERSION}

  pair ADDRESS CODE   pair with the gateway at ADDRESS, such as https://gate.example
  set --NAME VALUE…   say where the directory is, and how it is read
  check [ADDRESS]     test the directory, and look one mail address up
  sync                read the directory and push the listing once
  run                 run until it is stopped
  status              what the running agent sees

Settings:
${settings.map(({ name, value, means }) => `  --${`${name} ${value}`.padEnd(24)} ${means}`).join('\n')}

Everywhere:
  --data FOLDER            where its settings are kept: GATEPOST_AGENT_DATA, else ./gatepost-agent
It opens HTTPS to the gateway and nothing else; HTTPS_PROXY and NO_PROXY are honoured.
`

/** Runs one command; resolves with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  honourProxy()
  // As everywhere, in whatever place they stand.
  if (args.includes('--help') || args.includes('-h')) {
    console.log(USAGE)
    return 0
  }
  if (args.includes('--version')) {
    console.log(AGENT_VERSION)
    return 0
  }
  try {
    const { values, positionals } = readArguments(args)
    const folder = values.data ?? environment('GATEPOST_AGENT_DATA') ?? './gatepost-agent'
    const [command = 'help', ...rest] = positionals
    switch (command) {
      case 'pair':
        return await pairWith(folder, rest)
      case 'set':
        return await change(folder, values)
      case 'check':
        return await check(await configIn(folder), rest[0] ?? null)
      case 'sync':
        return await sync(folder)
      case 'run':
        return await run(folder)
      case 'status':
        return await status(folder)
      case 'version':
        console.log(AGENT_VERSION)
        return 0
      default:
        console.log(USAGE)
        return command === 'help' ? 0 : 2
    }
  } catch (error) {
    const isOurs =
      error instanceof WrongSetting || error instanceof GatewayFault || error instanceof DirectoryFault
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
    console.error(isOurs ? error.message : detail)
    return 1
  }
}

function readArguments(args: readonly string[]) {
  const names = ['data', ...settings.map(({ name }) => name)]
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    }) as { values: Record<string, string | undefined>; positionals: string[] }
  } catch (error) {
    const said = error instanceof Error ? error.message.split(/[.\n]/)[0] : 'The command cannot be read'
    throw new WrongSetting(`${said}. See gatepost-agent --help.`)
  }
}

async function configIn(folder: string): Promise<AgentConfig> {
  const config = parseConfig(await readOwn(folder, CONFIG))
  if (config === null)
    throw new WrongSetting(
      `Not paired yet (${folder} holds no settings). Begin with: gatepost-agent pair ADDRESS CODE`,
    )
  return config
}

const keep = (folder: string, config: AgentConfig) =>
  writeOwn(folder, CONFIG, `${JSON.stringify(config, null, 2)}\n`)

const aboutUs = { version: AGENT_VERSION, ...about }

async function pairWith(folder: string, [address, code]: readonly string[]): Promise<number> {
  if (address === undefined || code === undefined)
    throw new WrongSetting('Write: gatepost-agent pair ADDRESS CODE')
  const url = gatewayAddress(address)
  const effects = systemEffects()
  const { token, site, organization } = await pair({ url, about: aboutUs }, code, effects)
  const before = parseConfig(await readOwn(folder, CONFIG))
  const fresh = {
    directory: null,
    password: '',
    attributes: [],
    everyMinutes: EVERY_MINUTES,
    signsIn: false,
    probes: true,
  }
  await keep(folder, { ...fresh, ...before, gateway: url, token, site, organization })
  console.log(
    `Paired: this is the agent of the site ${site} of ${organization}. Its settings lie in ${folder}.`,
  )
  return 0
}

/** Files are read here: the password never stands on a command line, where others could see it. */
async function change(folder: string, values: Record<string, string | undefined>): Promise<number> {
  let config = await configIn(folder)
  for (const { name, set } of settings) {
    const value = values[name]
    if (value === undefined) continue
    config = set(config, name === 'password' || name === 'authority' ? await contentOf(value) : value)
  }
  await keep(folder, config)
  console.log(`The directory is ${directoryWords(config)}, read every ${config.everyMinutes} minutes.`)
  return 0
}

async function contentOf(path: string): Promise<string> {
  if (path === '-') return standardInput()
  if (path === '') return ''
  return readAny(path).catch(() => {
    throw new WrongSetting(`The file ${path} cannot be read.`)
  })
}

async function check(config: AgentConfig, address: string | null): Promise<number> {
  const effects = systemEffects()
  if (config.directory === null) throw new WrongSetting('No directory is set. See: gatepost-agent help')
  const reading = { ...config.directory, password: config.password, attributes: config.attributes }
  let failed = false
  for await (const event of testLdap({ reading, address }, effects.ldap, new AbortController().signal)) {
    if (event.kind === 'certificate') {
      console.log(`certificate  ${event.certificate.subject}, SHA-256 ${event.certificate.fingerprint}`)
      continue
    }
    const { step, state, saw, remedy } = event.check
    failed ||= state === 'failed'
    console.log(
      `${state.padEnd(8)} ${step.padEnd(11)} ${saw}${remedy === null ? '' : `\n${' '.repeat(21)}${remedy}`}`,
    )
  }
  return failed ? 1 : 0
}

function agentOf(folder: string, config: AgentConfig, signal: AbortSignal): Agent {
  const effects = systemEffects()
  const gateway = createGateway({ url: config.gateway, token: config.token, about: aboutUs }, effects)
  let writing = Promise.resolve()
  const report = (seen: Report) => {
    writing = writing
      .then(() =>
        writeOwn(folder, STATUS, `${JSON.stringify({ version: AGENT_VERSION, ...seen }, null, 2)}\n`),
      )
      .catch(() => undefined)
  }
  return new Agent({ config, gateway, effects, version: AGENT_VERSION, report }, signal)
}

async function sync(folder: string): Promise<number> {
  await agentOf(folder, await configIn(folder), stopSignal()).push()
  return 0
}

async function run(folder: string): Promise<number> {
  const config = await configIn(folder)
  const effects = systemEffects()
  effects.say(
    `agent ${AGENT_VERSION} of the site ${config.site}; gateway ${config.gateway}; directory ${directoryWords(config)}`,
  )
  const signal = stopSignal()
  await agentOf(folder, config, signal).run()
  effects.say('stopped')
  return 0
}

function stopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => stop.abort(new Error('stopped')))
  return stop.signal
}

async function status(folder: string): Promise<number> {
  const config = await configIn(folder)
  console.log(
    `Site       ${config.site} of ${config.organization}\nGateway    ${config.gateway}\nDirectory  ${directoryWords(config)}`,
  )
  console.log(
    (await readOwn(folder, STATUS)) ?? 'The agent has not run yet. Start it with: gatepost-agent run',
  )
  return 0
}
