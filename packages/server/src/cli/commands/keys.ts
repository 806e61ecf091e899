// `keys`: the master key that secrets are sealed with, its rotation, and the end of older keys.
import { dropKeys, getKeys, type KeyStatus, rotateKeys } from '@gatepost/contract/keys.ts'
import { type Command, CommandFailed, type Context, command } from '../command.ts'
import { facts } from '../layout.ts'
import { countOf } from '../words.ts'

const ASK_AGAIN_MS = 500

export const keyCommands: readonly Command[] = [
  command({
    path: 'keys show',
    means: 'The master keys by id, and what is sealed with an older one.',
    run: async ({ call, show }) => {
      const status = await call(getKeys, {})
      show(status, () => statusText(status))
      return 0
    },
  }),
  command({
    path: 'keys rotate',
    flags: [
      {
        name: 'keep',
        value: null,
        means: 'Seal with the first key of the file as it is: the file was changed by hand, on every node.',
      },
    ],
    means: 'Makes a new master key and seals every secret anew with it, while all runs.',
    run: rotate,
  }),
  command({
    path: 'keys drop',
    means: 'Removes older master keys that nothing is sealed with any more.',
    run: async ({ call, show }) => {
      const status = await call(dropKeys, {})
      show(status, () => statusText(status))
      return 0
    },
  }),
]

async function rotate({ call, isSet, clock, show }: Context): Promise<number> {
  let status = await call(rotateKeys, { body: { keep: isSet('keep') } })
  while (status.running) {
    await clock.sleep(ASK_AGAIN_MS)
    status = await call(getKeys, {})
  }
  if (status.failed !== null) {
    throw new CommandFailed(`Not everything was sealed anew: ${status.failed}. Ask again with --keep.`)
  }
  const backup = 'Keep a copy of the key file apart from backups; older backups need the older keys.\n'
  show(status, () => `${statusText(status)}${backup}`)
  return 0
}

function statusText(status: KeyStatus): string {
  const secrets = status.columns.reduce((sum, column) => sum + column.secrets, 0)
  return facts([
    ['Keys', status.keys.join(', ')],
    ['Secrets', countOf(secrets)],
    ['With an older key', countOf(status.outdated)],
    ['Compiled copies with an older key', countOf(status.copies)],
    ['Sealed anew', countOf(status.resealed)],
  ])
}
