// The mail with a reset link: plain text, from us, saying what to do for who did not ask.
import { readerLanguage } from '../digest/reader-language.ts'
import { type LetterDeps, mailLetter } from '../letter.ts'
import { letterWords } from '../letter-words.ts'

/** Sends it through an edge; an edge that cannot is an end without a word, as for addresses nobody has. */
export async function mailReset(
  mail: {
    readonly tenantId: string
    readonly to: string
    readonly link: string
    readonly minutes: number
    /** The client's address. */
    readonly from: string
  },
  deps: LetterDeps,
): Promise<void> {
  const { tenantId, to } = mail
  const language = await readerLanguage(deps.store.db, tenantId, to)
  await mailLetter({ tenantId, to: [to], ...letterWords[language].reset(mail) }, deps)
}
