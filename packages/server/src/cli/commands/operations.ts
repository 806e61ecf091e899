// `backup`, `restore`, `restart`: for the owner of the data folder.
import { join, resolve } from 'node:path'
import { type BackupState, getBackup, restartGateway, startBackup } from '@gatepost/contract/operations.ts'
import { type Command, CommandFailed, type Context, command } from '../command.ts'
import { facts } from '../layout.ts'
import { type Restored, restoreBackup } from '../restore.ts'
import { plural, sizeOf } from '../words.ts'

const ASK_AGAIN_MS = 500

export const operationsCommands: readonly Command[] = [
  command({
    path: 'backup',
    args: ['FOLDER'],
    flags: [
      {
        name: 'with-keys',
        value: null,
        means: 'Also the keys that secrets are encrypted with; keep such a backup locked away.',
      },
    ],
    means: 'Copies settings, tracking and queue into a new folder while mail goes on.',
    run: backup,
  }),
  command({
    path: 'restore',
    args: ['FOLDER'],
    flags: [
      {
        name: 'resend',
        value: null,
        means:
          'Send the queue at the next start instead of holding it. Sends again what was delivered since.',
      },
    ],
    means: 'Fills an empty data folder from a backup, while Gatepost is not running.',
    run: restore,
  }),
  command({
    path: 'restart',
    means: 'Starts every process anew, one after the other; messages under way come to their reply.',
    run: async ({ call, show }) => {
      await call(restartGateway)
      show({}, () => 'The restart has begun. The log says supervisor.restart.done at its end.\n')
      return 0
    },
  }),
]

async function backup({ arg, isSet, call, clock, show, config }: Context): Promise<number> {
  const folder = resolve(arg(0))
  let state: BackupState = await call(startBackup, { body: { folder, withKeys: isSet('with-keys') } })
  while (state.state === 'running') {
    await clock.sleep(ASK_AGAIN_MS)
    state = await call(getBackup, { params: { backup: state.id } })
  }
  if (state.state === 'failed') throw new CommandFailed(`The backup could not be made: ${state.why}`)
  const { messages, files, bytes, database } = state
  show(state, () =>
    [
      facts([
        ['Backup', folder],
        ['Queue', plural(messages, 'message')],
        ['Size', `${sizeOf(bytes)} in ${plural(files, 'file')}`],
        ['Keys', isSet('with-keys') ? 'included' : 'not included (--with-keys)'],
      ]),
      database === 'postgresql' ? `\n${postgresBackup(folder)}` : '',
      config.tls.keyFile === null ? '' : '\nThe configured TLS certificate and its key are not part of it.\n',
    ].join(''),
  )
  return 0
}

/** After the spools, so that tracking knows what became of the messages in them. */
const postgresBackup = (folder: string): string =>
  `Settings and tracking are in PostgreSQL: this backup is not whole without them. Back them up now with:
  pg_dump --format=custom --file=${join(folder, 'postgresql.dump')} "$GATEPOST_DATABASE"
`

async function restore({ arg, isSet, show, config, clock }: Context): Promise<number> {
  const folder = resolve(arg(0))
  const data = resolve(config.data)
  const restored = restoreBackup({
    folder,
    data,
    resend: isSet('resend'),
    database: config.database === null ? 'sqlite' : 'postgresql',
    now: clock.now(),
  })
  show(restored, () => wordsOf(restored, data, config.masterKeyFile))
  return 0
}

function keyLines(withKeys: boolean, data: string, masterKeyFile: string | null): readonly string[] {
  if (!withKeys) {
    const where = masterKeyFile === null ? '' : `, and the master key to ${masterKeyFile}`
    return [`Put the keys of the old installation into ${data}/keys${where}, if you have them.`]
  }
  return masterKeyFile === null
    ? []
    : [`The master key is ${data}/keys/master.key: move it to ${masterKeyFile}.`]
}

function wordsOf({ manifest, spools }: Restored, data: string, masterKeyFile: string | null): string {
  const { held, queued, settled } = spools
  const made = new Date(manifest.createdAt).toISOString()
  const next = [
    ...(manifest.database === 'postgresql'
      ? [
          'Restore the database before the start: pg_restore --clean --if-exists --dbname="$GATEPOST_DATABASE" FILE',
        ]
      : []),
    ...keyLines(manifest.withKeys, data, masterKeyFile),
    'Start with: npm start',
    ...(held > 0
      ? ['Then look at the queue (gatepost queue list --search restored) and release what is wanted.']
      : []),
  ]
  return [
    facts([
      ['Restored', `${data}, from a backup of ${made} (Gatepost ${manifest.gatepost}, ${manifest.node})`],
      ['Queue', plural(spools.messages, 'message')],
      ['Held', held > 0 ? `${plural(held, 'recipient')} until you release them` : null],
      ['Sent at start', queued > 0 ? plural(queued, 'recipient') : null],
      ['Done before', settled > 0 ? `${plural(settled, 'recipient')}, not sent again` : null],
    ]),
    '\n',
    ...next.map((line) => `${line}\n`),
  ].join('')
}
