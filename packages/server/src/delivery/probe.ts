// Tests a delivery route step by step, in words an administrator can act on: resolve, connect, greeting, TLS,
// recipients.
import { randomBytes } from 'node:crypto'
import { bareLineEnding, stuffDots } from '@gatepost/mail/data.ts'
import { replyText } from '@gatepost/mail/reply.ts'
import type { BootConfig, Endpoint } from '#boot/config-types.ts'
import type { Order, OrderResult, ProbeCheck, ProbeResult } from '#link/orders.ts'
import type { Clock } from '#platform/clock.ts'
import type { Dns } from '#platform/dns-types.ts'
import { createTargetGuard } from '#platform/target-guard.ts'
import { type Capabilities, capabilitiesOf, NO_CAPABILITIES } from './capabilities.ts'
import { Deadlines } from './deadlines.ts'
import { logIn } from './login/log-in.ts'
import type { Logins } from './login/logins.ts'
import { resolveHost, type Target } from './mx.ts'
import { type Connect, ConnectionLost, openSocket, SmtpConnection } from './smtp-connection.ts'

export type ProbeOrder = Extract<Order, { kind: 'probe-route' }>

export type ProbeDeps = {
  readonly dns: Dns
  readonly clock: Clock
  readonly config: Pick<BootConfig, 'hostname' | 'network'>
  readonly ownListeners: () => readonly Endpoint[]
  readonly localAddresses: () => readonly string[]
  readonly connect?: Connect
  /** Opens the password of the route's login. */
  readonly logins?: Pick<Logins, 'ofOrder'>
  /** PEM of authorities to trust beside the usual ones. */
  readonly ca?: string
  /** Milliseconds for each answer; a person waits, so far less than for mail. */
  readonly stepMs?: number
}

const STEP_MS = 15_000
/** Addresses tried before the host counts as not reachable. */
const TARGETS_MAX = 3
const CHECKS: readonly ProbeCheck[] = [
  'resolve',
  'connect',
  'greeting',
  'tls',
  'login',
  'recipient',
  'unknown-recipient',
  'message',
]

/** What a check found; `stop` leaves the rest not run. */
type Finding = Pick<ProbeResult, 'state' | 'saw' | 'remedy'> & { readonly stop?: boolean }

/** Runs the checks in order. Never throws: what goes wrong is a finding. */
export async function probeRoute(order: ProbeOrder, deps: ProbeDeps): Promise<OrderResult> {
  const probe = new Probe(order, deps)
  const results: ProbeResult[] = []
  let isStopped = false
  for (const check of CHECKS) {
    if (check === 'login' && order.login === undefined) continue
    if (isStopped) {
      results.push({ check, state: 'not-run', saw: 'An earlier test failed.', remedy: null, durationMs: 0 })
      continue
    }
    const began = deps.clock.now()
    const { stop, ...finding } = await probe.run(check)
    results.push({ check, ...finding, durationMs: deps.clock.now() - began })
    isStopped = stop ?? finding.state === 'failed'
  }
  probe.end()
  return { kind: 'probe-route', results }
}

class Probe {
  readonly #order: ProbeOrder
  readonly #deps: ProbeDeps
  readonly #deadlines: Deadlines
  readonly #stepMs: number
  #targets: readonly Target[] = []
  #connection: SmtpConnection | null = null
  #capabilities: Capabilities = NO_CAPABILITIES

  constructor(order: ProbeOrder, deps: ProbeDeps) {
    this.#order = order
    this.#deps = deps
    this.#deadlines = new Deadlines(deps.clock, 100)
    this.#stepMs = deps.stepMs ?? STEP_MS
  }

  async run(check: ProbeCheck): Promise<Finding> {
    try {
      return await this.#run(check)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const remedy =
        error instanceof ConnectionLost ? 'Look into the log of the mail host at this time.' : null
      return failed(`The test ended: ${why}.`, remedy)
    }
  }

  end(): void {
    this.#connection?.quit()
  }

  #run(check: ProbeCheck): Promise<Finding> {
    switch (check) {
      case 'resolve':
        return this.#resolve()
      case 'connect':
        return this.#connect()
      case 'greeting':
        return this.#greeting()
      case 'tls':
        return this.#tls()
      case 'login':
        return this.#login()
      case 'recipient':
        return this.#recipient()
      case 'unknown-recipient':
        return this.#unknownRecipient()
      case 'message':
        return this.#message()
    }
  }

  async #resolve(): Promise<Finding> {
    const { host, port, tls } = this.#order
    const { dns, config, ownListeners, localAddresses } = this.#deps
    const { privateTargets } = config.network
    const guard = createTargetGuard({ privateTargets, ownListeners, localAddresses })
    const resolution = await resolveHost(
      host,
      { port, tls },
      { dns, guard, hostname: config.hostname, random: () => 0 },
    )
    if (resolution.kind !== 'targets') {
      return failed(
        sentence(resolution.text),
        'Check the name of the mail host, or enter its public IP address.',
      )
    }
    this.#targets = resolution.targets
    return passed(`${host} is ${resolution.targets.map(({ ip }) => ip).join(', ')}.`)
  }

  async #connect(): Promise<Finding> {
    const faults: string[] = []
    for (const { ip, port } of this.#targets.slice(0, TARGETS_MAX)) {
      try {
        this.#connection = await SmtpConnection.open(
          { host: ip, port },
          { connect: this.#deps.connect ?? openSocket, deadlines: this.#deadlines, timeoutMs: this.#stepMs },
        )
        return passed(`Connected to ${ip}, port ${port}.`)
      } catch (error) {
        faults.push(`${ip}, port ${port}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    return failed(
      `${faults.join('; ')}.`,
      'Allow this gateway in the firewall of the mail host and check that its SMTP service listens on this port.',
    )
  }

  async #greeting(): Promise<Finding> {
    const connection = this.#open()
    const greeting = await connection.reply(this.#stepMs)
    if (greeting.code !== 220) {
      return failed(
        `The host said: ${replyText(greeting)}`,
        'Allow the addresses of this gateway at the mail host.',
      )
    }
    const hello = await this.#hello()
    if (hello !== null)
      return failed(
        `The host refused EHLO: ${hello}`,
        'Allow the addresses of this gateway at the mail host.',
      )
    return passed(`The host said: ${replyText(greeting)}`)
  }

  async #tls(): Promise<Finding> {
    const connection = this.#open()
    const { tls, host, login } = this.#order
    if (tls === 'none' && login === undefined) return passed('The route uses no TLS, so none was tried.')
    const isEnforced = tls !== 'opportunistic' || login !== undefined
    if (!this.#capabilities.startTls) {
      const needed =
        login === undefined ? '' : ' The route has a login, and passwords are said inside TLS only.'
      const saw = `The host does not offer STARTTLS.${needed}`
      const remedy = 'Give the mail host a certificate and turn on STARTTLS in its receiving connector.'
      return isEnforced
        ? failed(saw, remedy)
        : { state: 'warning', saw: `${saw} Mail would go in clear.`, remedy }
    }
    connection.write('STARTTLS\r\n')
    const reply = await connection.reply(this.#stepMs)
    if (reply.code !== 220) {
      return failed(
        `The host refused STARTTLS: ${replyText(reply)}`,
        'Check the certificate of the mail host.',
      )
    }
    // Verified only after the handshake, so that the finding can say what the certificate is.
    const ca = this.#deps.ca
    const state = await connection.startTls(
      { host, strict: false, ...(ca === undefined ? {} : { ca }) },
      this.#stepMs,
    )
    const certificate = state.verified ? 'valid for this name' : `not verified (${state.fault})`
    const saw = `${state.version}, ${state.cipher}; the certificate is ${certificate}.`
    if (!state.verified && tls === 'enforced-strict') {
      return failed(saw, `Use a certificate of a public authority for ${host}, or ask for relaxed TLS.`)
    }
    const hello = await this.#hello()
    return hello === null ? passed(saw) : failed(`${saw} EHLO inside TLS was refused: ${hello}`, null)
  }

  async #login(): Promise<Finding> {
    const { login, tenantId } = this.#order
    const { logins } = this.#deps
    if (login === undefined || logins === undefined) return failed('The login was not tried.', null)
    const opened = logins.ofOrder(tenantId, login)
    const offered = this.#capabilities.auth
    const refusal = await logIn(this.#open(), { offered, login: opened, timeoutMs: this.#stepMs })
    if (refusal === null) return passed('The host took the login.')
    return failed(
      sentence(refusal.text),
      'Compare user name and password with the account at the host, and whether it may send by SMTP.',
    )
  }

  async #recipient(): Promise<Finding> {
    const { reversePath, forwardPath } = this.#order
    const refusal = await this.#mail(reversePath)
    if (refusal !== null) return refusal
    const reply = await this.#say(`RCPT TO:<${forwardPath}>`)
    if (reply.code === 250 || reply.code === 251)
      return passed(`${forwardPath} is taken: ${replyText(reply)}`)
    const remedy =
      reply.code >= 500
        ? 'Check that the address exists at this host and that the host takes mail for the domain from this gateway.'
        : 'Try again in some minutes; the host refuses for now only.'
    return failed(`${forwardPath} is refused: ${replyText(reply)}`, remedy)
  }

  async #unknownRecipient(): Promise<Finding> {
    const domain = this.#order.forwardPath.slice(this.#order.forwardPath.lastIndexOf('@') + 1)
    const unknown = `gatepost-test-${randomBytes(6).toString('hex')}@${domain}`
    await this.#say('RSET')
    const refusal = await this.#mail(this.#order.reversePath)
    if (refusal !== null) return refusal
    const reply = await this.#say(`RCPT TO:<${unknown}>`)
    await this.#say('RSET')
    if (reply.code >= 500) return passed(`An address that does not exist is refused: ${replyText(reply)}`)
    if (reply.code >= 400) {
      return {
        state: 'warning',
        saw: `An address that does not exist is refused for now only: ${replyText(reply)}`,
        remedy: 'Mail to wrong addresses will wait for days before it is returned.',
      }
    }
    return {
      state: 'warning',
      saw: `The host accepts everything: ${unknown} was taken.`,
      remedy:
        'Add the addresses of the domain here, so that unknown ones are refused before they reach the host.',
    }
  }

  async #message(): Promise<Finding> {
    const { content, reversePath, forwardPath } = this.#order
    if (content === null) return { state: 'not-run', saw: 'No message was to be sent.', remedy: null }
    const bytes = Buffer.from(content, 'base64')
    if (bareLineEnding(bytes) !== null)
      return failed('The test message has bare line endings and was not sent.', null)
    const refusal = await this.#mail(reversePath)
    if (refusal !== null) return refusal
    const rcpt = await this.#say(`RCPT TO:<${forwardPath}>`)
    if (rcpt.code !== 250 && rcpt.code !== 251)
      return failed(`${forwardPath} is refused: ${replyText(rcpt)}`, null)
    const data = await this.#say('DATA')
    if (data.code !== 354) return failed(`DATA is refused: ${replyText(data)}`, null)
    const connection = this.#open()
    connection.writeContent([stuffDots(bytes)], '.\r\n')
    const reply = await connection.reply(this.#stepMs)
    if (reply.code === 250) return passed(`The message was taken: ${replyText(reply)}`)
    return failed(
      `The message was refused: ${replyText(reply)}`,
      'Allow this gateway at the mail host as a trusted relay, so that its filters do not refuse what it passes on.',
    )
  }

  async #mail(reversePath: string | null): Promise<Finding | null> {
    const reply = await this.#say(`MAIL FROM:<${reversePath ?? ''}>`)
    if (reply.code === 250) return null
    return failed(
      `The sender ${reversePath ?? '<>'} is refused: ${replyText(reply)}`,
      'Allow this gateway at the mail host as a relay for all senders.',
    )
  }

  async #hello(): Promise<string | null> {
    const reply = await this.#say(`EHLO ${this.#deps.config.hostname}`)
    if (reply.code !== 250) return replyText(reply)
    this.#capabilities = capabilitiesOf(reply)
    return null
  }

  #say(command: string) {
    const connection = this.#open()
    // The order comes over the link and is checked there; a line of its own must still be impossible.
    connection.write(`${command.replace(/[\u0000-\u001f\u007f]/g, '')}\r\n`)
    return connection.reply(this.#stepMs)
  }

  #open(): SmtpConnection {
    if (this.#connection === null) throw new ConnectionLost('there is no connection')
    return this.#connection
  }
}

function passed(saw: string): Finding {
  return { state: 'passed', saw, remedy: null }
}

function failed(saw: string, remedy: string | null): Finding {
  return { state: 'failed', saw, remedy }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
