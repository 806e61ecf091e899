// The mail with an invitation's link, in the language of its reader.
import { readerLanguage } from '../digest/reader-language.ts'
import { type LetterDeps, mailLetter } from '../letter.ts'
import { letterWords } from '../letter-words.ts'
import { problem } from '../problem.ts'

type Letter = {
  readonly tenantId: string
  readonly email: string
  readonly name: string
  readonly link: string
  readonly by: string
}

/** Sends it through an edge. Throws `edge-unreachable`; the link can be shown instead. */
export async function mailInvitation(letter: Letter, deps: LetterDeps): Promise<void> {
  const { tenantId, email } = letter
  const language = await readerLanguage(deps.store.db, tenantId, email)
  const text = letterWords[language].invitation(letter)
  const result = await mailLetter({ tenantId, to: [email], ...text }, deps)
  if (result.kind === 'failed') {
    const detail = `The invitation could not be mailed (${result.why}). Show the link and hand it on yourself.`
    throw problem('edge-unreachable', detail)
  }
}
