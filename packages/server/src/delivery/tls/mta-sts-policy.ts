// The texts of MTA-STS: the TXT record that announces a policy, the policy itself, and which hosts it names
// (RFC 8461).

export type MtaStsPolicy = {
  readonly mode: 'enforce' | 'testing' | 'none'
  /** Host names in lower case; `*.example.net` stands for one label. */
  readonly mx: readonly string[]
  readonly maxAgeSeconds: number
}

export type Read<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly why: string }

/** RFC 8461 §3.2: a year and a bit at most. */
const MAX_AGE_SECONDS = 31_557_600
/** More lines than any policy needs; the text itself is bounded where it is fetched. */
const HOSTS_MAX = 100

/**
 * The id of the one `v=STSv1` record of `_mta-sts.DOMAIN`. Several, or none that can be read, mean that the
 * domain has no policy (§3.1).
 */
export function readStsRecord(records: readonly string[]): string | null {
  const announced = records.filter((text) => /^v=STSv1\s*;/.test(text))
  const [only] = announced
  if (only === undefined || announced.length > 1) return null
  const fields = new Map(
    only.split(';').map((field) => {
      const [name = '', value = ''] = field.split('=', 2)
      return [name.trim(), value.trim()]
    }),
  )
  const id = fields.get('id') ?? ''
  return /^[A-Za-z0-9]{1,32}$/.test(id) ? id : null
}

/** Reads a policy (§3.2). Lines may end in LF or CRLF; fields that are not known are passed over. */
export function readStsPolicy(text: string): Read<MtaStsPolicy> {
  const mx: string[] = []
  const fields = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') continue
    const colon = line.indexOf(':')
    if (colon === -1) return fault(`the line “${line.slice(0, 60)}” has no colon`)
    const name = line.slice(0, colon).trim()
    const value = line.slice(colon + 1).trim()
    if (name === 'mx') mx.push(value.toLowerCase().replace(/\.$/, ''))
    else if (!fields.has(name)) fields.set(name, value)
  }
  if (fields.get('version') !== 'STSv1') return fault('its version is not STSv1')
  const mode = fields.get('mode')
  if (mode !== 'enforce' && mode !== 'testing' && mode !== 'none') return fault('its mode is not known')
  const age = fields.get('max_age') ?? ''
  if (!/^\d{1,10}$/.test(age)) return fault('its max_age is no number of seconds')
  if (mx.length > HOSTS_MAX) return fault(`it names more than ${HOSTS_MAX} hosts`)
  const wrong = mx.find((pattern) => !PATTERN.test(pattern))
  if (wrong !== undefined) return fault(`“${wrong.slice(0, 60)}” is no host name`)
  if (mode !== 'none' && mx.length === 0) return fault('it names no mail host')
  return { ok: true, value: { mode, mx, maxAgeSeconds: Math.min(Number(age), MAX_AGE_SECONDS) } }
}

/** Whether a mail exchanger is one that the policy names (§4.1): a wildcard stands for exactly one label. */
export function isNamedBy(policy: Pick<MtaStsPolicy, 'mx'>, host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  return policy.mx.some((pattern) => {
    if (!pattern.startsWith('*.')) return pattern === name
    const dot = name.indexOf('.')
    return dot > 0 && name.slice(dot + 1) === pattern.slice(2)
  })
}

const PATTERN =
  /^(?=.{1,253}$)(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/

function fault(why: string): { readonly ok: false; readonly why: string } {
  return { ok: false, why }
}
