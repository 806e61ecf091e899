// NTLM's three messages: the one file that knows @ewsjs/ntlm-client, whose hashes Node's OpenSSL lacks.
/// <reference path="./ewsjs.d.ts" />
import ntlm from '@ewsjs/ntlm-client'

/** Windows tells nothing of ours; any name serves. */
const WORKSTATION = 'GATEPOST'

/** The first message, as the value of an `Authorization` field. */
export const ntlmHello = (): string => ntlm.createType1Message(WORKSTATION, '')

/** The answer to a challenge out of `WWW-Authenticate`; null where there is none. */
export function ntlmAnswer(
  challenge: string | null,
  { domain, userName, password }: { domain: string | null; userName: string; password: string },
): string | null {
  const found = /(?:^|,\s*)NTLM ([A-Za-z0-9+/=]+)/.exec(challenge ?? '')
  if (found === null) return null
  try {
    const decoded = ntlm.decodeType2Message(`NTLM ${found[1]}`)
    return ntlm.createType3Message(decoded, userName, password, WORKSTATION, domain ?? undefined)
  } catch {
    return null
  }
}
