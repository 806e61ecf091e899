// The mail with a share link, in the language of the organisation: its reader may belong to another one.
import { readerLanguage } from '../digest/reader-language.ts'
import { type LetterDeps, mailLetter } from '../letter.ts'
import { letterWords } from '../letter-words.ts'
import { problem } from '../problem.ts'

type Letter = {
  readonly tenantId: string
  readonly email: string
  readonly link: string
  readonly by: string
  readonly title: string
  readonly note: string
  readonly days: number
}

/** Sends it through an edge. Throws `edge-unreachable`; the link can be copied instead. */
export async function mailShare(letter: Letter, deps: LetterDeps): Promise<void> {
  const { tenantId, email } = letter
  const language = await readerLanguage(deps.store.db, tenantId, email)
  const result = await mailLetter({ tenantId, to: [email], ...letterWords[language].share(letter) }, deps)
  if (result.kind !== 'failed') return
  const detail = `The link could not be mailed (${result.why}). Make another one and hand it on yourself.`
  throw problem('edge-unreachable', detail)
}
