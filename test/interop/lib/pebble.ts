// A real certificate authority for tests: Pebble of Let's Encrypt, which fetches every challenge over HTTP
// from where a name server of the test says.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { selfSigned } from '@gatepost/server/platform/tls.ts'
import { freePort } from './postfix.ts'

const PROGRAM = '/usr/bin/pebble'
const READY_TRIES = 2_400

/** The reason to skip where Pebble is not installed; false when it is. */
export function pebbleMissing(): string | false {
  return existsSync(PROGRAM) ? false : 'component missing: pebble'
}

export type Pebble = {
  readonly directory: string
  /** File with the certificate that the directory itself shows. */
  readonly caFile: string
  /** PEM of the authority that its certificates are checked by. */
  root(): Promise<string>
  stop(): Promise<void>
}

/** `httpPort` is where challenges are fetched from, instead of port 80. */
export async function startPebble(options: {
  readonly httpPort: number
  readonly dns: string
}): Promise<Pebble> {
  const folder = await mkdtemp(join(tmpdir(), 'gatepost-pebble-'))
  const [port, managementPort] = [await freePort(), await freePort()]
  const made = selfSigned('localhost', Date.now())
  const [caFile, keyFile, config] = ['ca.pem', 'key.pem', 'config.json'].map((name) => join(folder, name))
  await writeFile(caFile!, made.certificate)
  await writeFile(keyFile!, made.key)
  const pebble = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${managementPort}`,
    certificate: caFile,
    privateKey: keyFile,
    httpPort: options.httpPort,
    tlsPort: 1,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
  }
  await writeFile(config!, JSON.stringify({ pebble }))
  const child: ChildProcess = spawn(PROGRAM, ['-config', config!, '-dnsserver', options.dns], {
    stdio: 'ignore',
    // No reuse of what was proven once: every order asks the gateway again.
    env: { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_AUTHZREUSE: '0' },
  })
  process.once('exit', () => child.kill('SIGKILL'))
  const ask = (url: string): Promise<string> => get(url, made.certificate)
  const directory = `https://localhost:${port}/dir`
  for (let tries = 0; (await ask(directory).catch(() => '')) === ''; tries++) {
    if (tries > READY_TRIES || child.exitCode !== null) throw new Error('Pebble does not answer')
    await pause(25)
  }
  return {
    directory,
    caFile: caFile!,
    root: () => ask(`https://localhost:${managementPort}/roots/0`),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function get(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca, host: '127.0.0.1', servername: 'localhost', agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve(text))
    })
    asked.on('error', reject)
    asked.end()
  })
}
