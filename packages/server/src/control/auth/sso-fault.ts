// Why a single sign-on did not work: what was seen and what to do, for administrators. The person who signs
// in reads neither.
export class SsoFault extends Error {
  readonly saw: string
  readonly remedy: string

  constructor(saw: string, remedy: string) {
    super(`${saw} ${remedy}`)
    this.saw = saw
    this.remedy = remedy
  }
}
