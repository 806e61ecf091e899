// What Entra ID and Graph answer when they refuse, as a plain next step. Codes: Microsoft's AADSTS reference.
import { DirectoryFault, type DirectoryStep } from './entry.ts'
import { objectOf, parseJson, textOf } from './json.ts'
import type { Answer } from './web.ts'

type Said = { readonly code: string; readonly saw: string; readonly remedy: string }

const NEW_SECRET =
  'In the app registration open Certificates & secrets, make a new client secret and paste its value here.'

const refusals: ReadonlyMap<number, Said> = new Map([
  [
    7000215,
    {
      code: 'wrong-secret',
      saw: 'Entra ID does not know this client secret.',
      remedy: `Paste the column “Value”, not “Secret ID”. If it is hidden: ${NEW_SECRET}`,
    },
  ],
  [7000222, { code: 'secret-expired', saw: 'The client secret has expired.', remedy: NEW_SECRET }],
  [
    700016,
    {
      code: 'unknown-app',
      saw: 'The application is not in this tenant.',
      remedy:
        'Check that the app was registered in this tenant, and that “Application (client) ID” was copied, not the object id.',
    },
  ],
  [
    90002,
    {
      code: 'unknown-tenant',
      saw: 'Entra ID knows no such tenant.',
      remedy: 'Check the domain or tenant id for a typing error, and that the chosen cloud is the right one.',
    },
  ],
  [
    900023,
    {
      code: 'unknown-tenant',
      saw: 'The tenant is neither an id nor a domain that Entra ID knows.',
      remedy: 'Copy “Directory (tenant) ID” from the overview of the app registration.',
    },
  ],
  [
    900382,
    {
      code: 'wrong-cloud',
      saw: 'The tenant lies in another Microsoft cloud.',
      remedy: 'Choose the cloud of the tenant above.',
    },
  ],
  [
    53003,
    {
      code: 'conditional-access',
      saw: 'A Conditional Access policy of the tenant blocks the app.',
      remedy:
        'Find the policy for workload identities in the sign-in log, and let the address of this gateway through.',
    },
  ],
  [
    530035,
    {
      code: 'conditional-access',
      saw: 'Security defaults of the tenant block the app.',
      remedy: 'Look in the sign-in log of the service principal for what was blocked.',
    },
  ],
  [
    7000112,
    {
      code: 'app-disabled',
      saw: 'The application is disabled.',
      remedy: 'In Enterprise applications open the app › Properties › “Enabled for users to sign-in?”: Yes.',
    },
  ],
  [
    7000229,
    {
      code: 'not-consented',
      saw: 'The application has no service principal in this tenant.',
      remedy: 'An administrator of the tenant opens API permissions and chooses “Grant admin consent”.',
    },
  ],
  [
    700027,
    {
      code: 'unknown-certificate',
      saw: 'Entra ID does not know this certificate.',
      remedy: 'Upload the same certificate in Certificates & secrets › Certificates.',
    },
  ],
  [
    700024,
    {
      code: 'clock',
      saw: 'The assertion is outside its time: the clock of this server is wrong.',
      remedy: 'Set the clock of this server by NTP.',
    },
  ],
  [
    7000218,
    {
      code: 'no-secret',
      saw: 'Entra ID got neither a secret nor a certificate.',
      remedy: NEW_SECRET,
    },
  ],
  [
    1002012,
    {
      code: 'wrong-cloud',
      saw: 'The scope does not fit the tenant’s cloud.',
      remedy: 'Choose the cloud of the tenant above.',
    },
  ],
  [
    500011,
    {
      code: 'wrong-cloud',
      saw: 'The tenant does not know Microsoft Graph under this name.',
      remedy: 'Choose the cloud of the tenant above.',
    },
  ],
])

/** AADSTS numbers that mean the same at other places. */
const SAME_AS: ReadonlyMap<number, number> = new Map([
  [90013, 900023],
  [50059, 900023],
  [530034, 53003],
  [53000, 53003],
  [53001, 53003],
  [700011, 700016],
  [700025, 7000218],
])

/** The fault that a refused token request means. */
export function tokenFault(answer: Answer): DirectoryFault {
  const body = objectOf(answer.body)
  const numbers = Array.isArray(body?.error_codes) ? body.error_codes : []
  const description = textOf(body, 'error_description') ?? ''
  const number = Number(numbers[0] ?? /AADSTS(\d+)/.exec(description)?.[1] ?? 0)
  const said = refusals.get(SAME_AS.get(number) ?? number)
  if (said !== undefined)
    return new DirectoryFault({ step: 'sign-in', ...said, saw: `${said.saw} (AADSTS${number})` })
  return new DirectoryFault({
    step: 'sign-in',
    code: 'token-refused',
    saw: `Entra ID refused the sign-in: ${firstLine(description) || `status ${answer.status}`}`,
    remedy: 'Look the code up at login.microsoftonline.com/error, and in the sign-in log of the app.',
  })
}

/** The fault that a refused Graph request means. `roles` are what would allow it. */
export function graphFault(answer: Answer, step: DirectoryStep, roles: readonly string[]): DirectoryFault {
  const error = objectOf(objectOf(answer.body)?.error)
  const code = textOf(error, 'code') ?? `status ${answer.status}`
  const said = firstLine(textOf(error, 'message') ?? '')
  if (answer.status === 403)
    return new DirectoryFault({
      step: 'permission',
      code: 'no-permission',
      saw: `Graph refuses: ${code}.`,
      remedy: [
        `In API permissions add the application permissions ${roles.join(', ')} of Microsoft Graph`,
        'and choose “Grant admin consent”. It takes effect within minutes.',
      ].join(' '),
    })
  if (answer.status === 401)
    return new DirectoryFault({
      step: 'sign-in',
      code: 'token-refused',
      saw: `Graph does not take the token of Entra ID: ${said || code}.`,
      remedy: 'Check that the chosen cloud is the tenant’s.',
    })
  return new DirectoryFault({
    step,
    code: 'graph-refused',
    saw: `Graph answered ${answer.status}: ${code}${said === '' ? '' : `, ${said}`}.`,
    remedy: 'The next run tries again. If it stays, look at the service health of Microsoft 365.',
  })
}

/** An answer that is not what Graph documents. */
export function strangeAnswer(saw: string): DirectoryFault {
  return new DirectoryFault({
    step: 'list',
    code: 'strange-answer',
    saw,
    remedy: 'Nothing was changed. A proxy that alters answers may stand between.',
  })
}

/** `error.code` of Graph. */
export const graphCode = (answer: Answer): string =>
  textOf(objectOf(objectOf(answer.body)?.error), 'code') ?? ''

/**
 * Roles in an application token: its `roles` claim. The token is Graph's to verify; we only read what it
 * says.
 */
export function rolesOf(token: string): readonly string[] {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')
  const roles = objectOf(parseJson(payload))?.roles
  return Array.isArray(roles) ? roles.filter((role): role is string => typeof role === 'string') : []
}

/** What others wrote, short and in one line. */
const firstLine = (text: string): string =>
  text
    .split(/[\r\n]/)[0]!
    .replace(/ Trace ID: .*$/, '')
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, 300)
