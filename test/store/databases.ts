// Runs a store test over SQLite and over a real PostgreSQL: the one of TEST_POSTGRES_URL, else a private one.
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { Client } from 'pg'

/** Where a test keeps its store; both are gone afterwards. */
export type Place = { readonly database: string | null; readonly dataFolder: string }
type Body = (place: Place, context: TestContext) => Promise<void>

/** The reason to skip where there is no PostgreSQL; false when there is. */
export const postgresMissing = (): string | false =>
  process.env.TEST_POSTGRES_URL || binary('postgres') ? false : 'component missing: PostgreSQL'
const BINARY_FOLDERS = ['/usr/lib/postgresql/15/bin', ...(process.env.PATH ?? '').split(':')]

/** Registers the test twice. */
export function testOnBoth(title: string, body: Body): void {
  test(`${title} (SQLite)`, (context) =>
    withFolder((dataFolder) => body({ database: null, dataFolder }, context)))
  test(`${title} (PostgreSQL)`, { skip: postgresMissing() }, (context) =>
    withFolder((dataFolder) => withDatabase((database) => body({ database, dataFolder }, context))),
  )
}

export async function withFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-store-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Server = { readonly url: (database: string) => string; stop(): Promise<void> }
let server: Promise<Server> | null = null

after(async () => {
  const running = await server?.catch(() => null)
  await running?.stop()
})

/**
 * An empty database that is gone afterwards; the server starts with the first and ends with the test file.
 */
export async function withDatabase<Result>(work: (url: string) => Promise<Result>): Promise<Result> {
  server ??= startServer()
  const { url } = await server
  const name = `gatepost_${randomBytes(6).toString('hex')}`
  await administer(url('postgres'), `create database ${name}`)
  try {
    return await work(url(name))
  } finally {
    await administer(url('postgres'), `drop database ${name} with (force)`)
  }
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

async function startServer(): Promise<Server> {
  const given = process.env.TEST_POSTGRES_URL
  if (given) {
    const url = (database: string): string => Object.assign(new URL(given), { pathname: `/${database}` }).href
    return { url, stop: async () => {} }
  }
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-postgres-'))
  const user = userOfServer()
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid ?? user.uid)
  const data = join(folder, 'data')
  execFileSync(binary('initdb')!, ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  })
  const sockets = join(folder, 's')
  mkdirSync(sockets)
  if (user.uid !== undefined) chownSync(sockets, user.uid, user.gid ?? user.uid)
  const options = [
    '-D',
    data,
    '-k',
    sockets,
    '-c',
    'listen_addresses=',
    '-c',
    'fsync=off',
    '-c',
    'max_connections=50',
  ]
  const child = spawn(binary('postgres')!, options, { ...user, cwd: folder, stdio: 'ignore' })
  const url = (database: string): string =>
    `postgres://postgres@localhost/${database}?host=${encodeURIComponent(sockets)}`
  await untilReady(url('postgres'))
  return {
    url,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGINT') // Fast shutdown: sessions are ended.
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** PostgreSQL refuses to run as root. */
function userOfServer(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

async function untilReady(url: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await administer(url, 'select 1')
    } catch (error) {
      if (tries > 600) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** Where a program of PostgreSQL is, such as pg_dump; null when it is not installed. */
export function binary(name: string): string | null {
  return BINARY_FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
}
