// Where a secret comes from: a file, the environment or a question; never a command line, never a log.
import { WrongOption } from './options.ts'
import { environment, readText, type Terminal } from './platform.ts'

const VARIABLE = 'GATEPOST_CONTACTS_SECRET'

/** The secret; `question` names it. Throws `WrongOption` where there is none. */
export async function readSecret(
  file: string | null,
  question: string,
  terminal: Pick<Terminal, 'isInteractive' | 'askSecret'>,
): Promise<string> {
  if (file !== null) {
    const text = await readText(file).catch(() => {
      throw new WrongOption(`The file ${file} cannot be read.`)
    })
    return text.replace(/\r?\n$/, '')
  }
  const set = environment(VARIABLE)
  if (set !== null && set !== '') return set
  if (!terminal.isInteractive)
    throw new WrongOption(`${question} is missing: give --secret-file FILE, or set ${VARIABLE}.`)
  const typed = await terminal.askSecret(`${question}: `)
  if (typed === '') throw new WrongOption(`${question} is missing.`)
  return typed
}
