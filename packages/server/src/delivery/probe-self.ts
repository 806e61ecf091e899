// A dialogue with our own listener, as a stranger on this machine holds it: greeting, TLS, and what RCPT is
// told (acceptance test). Nothing is transmitted: every transaction ends before DATA.
import { replyText } from '@gatepost/mail/reply.ts'
import type { BootConfig } from '#boot/config-types.ts'
import { SELF_QUESTIONS_MAX, type SelfProbed, type SelfProbeOrder } from '#link/self-orders.ts'
import type { Clock } from '#platform/clock.ts'
import { Deadlines } from './deadlines.ts'
import { type Connect, openSocket, SmtpConnection } from './smtp-connection.ts'

type Deps = {
  readonly clock: Clock
  readonly config: Pick<BootConfig, 'hostname'>
  readonly connect?: Connect
}

/** Our own listener answers at once; a policy that asks DNS takes seconds. */
const STEP_MS = 20_000
/** Who asks: a name that is nobody's (RFC 2606 §2). */
const HELLO = 'acceptance.gatepost.invalid'
const TEXT_MAX = 1_000

/** Never rejects: what goes wrong is in `fault`. */
export async function probeSelf(order: SelfProbeOrder, deps: Deps): Promise<SelfProbed> {
  const deadlines = new Deadlines(deps.clock, 100)
  let found: SelfProbed = { kind: 'probe-self', greeting: '', tls: null, fault: null, answers: [] }
  let connection: SmtpConnection | null = null
  try {
    const opened = await SmtpConnection.open(
      { host: order.host, port: order.port },
      { connect: deps.connect ?? openSocket, deadlines, timeoutMs: STEP_MS },
    )
    connection = opened
    found = { ...found, greeting: cut(replyText(await opened.reply(STEP_MS))) }
    await say(opened, `EHLO ${HELLO}`)
    found = { ...found, tls: await secure(opened, deps.config.hostname) }
    for (const question of order.questions.slice(0, SELF_QUESTIONS_MAX)) {
      found = { ...found, answers: [...found.answers, await ask(opened, question)] }
    }
  } catch (error) {
    found = { ...found, fault: cut(error instanceof Error ? error.message : String(error)) }
  }
  connection?.quit()
  return found
}

async function secure(connection: SmtpConnection, host: string): Promise<SelfProbed['tls']> {
  const reply = await say(connection, 'STARTTLS')
  if (reply.code !== 220) return null
  // Verified after the handshake, so that the finding can say what the certificate is.
  const state = await connection.startTls({ host, strict: false }, STEP_MS)
  await say(connection, `EHLO ${HELLO}`)
  const { version, cipher, verified, fault, certificate } = state
  return {
    version,
    cipher,
    verified,
    fault: fault === null ? null : cut(fault),
    subject: cut(certificate?.subject ?? ''),
  }
}

async function ask(
  connection: SmtpConnection,
  { name, reversePath, forwardPath }: SelfProbeOrder['questions'][number],
): Promise<SelfProbed['answers'][number]> {
  const mail = await say(connection, `MAIL FROM:<${reversePath}>`)
  const reply = mail.code === 250 ? await say(connection, `RCPT TO:<${forwardPath}>`) : mail
  await say(connection, 'RSET')
  return { name, code: reply.code, reply: cut(replyText(reply)) }
}

function say(connection: SmtpConnection, command: string) {
  // Addresses come over the link and are checked there; a line of its own must still be impossible.
  connection.write(`${command.replace(/[\u0000-\u001f\u007f]/g, '')}\r\n`)
  return connection.reply(STEP_MS)
}

function cut(text: string): string {
  return text.slice(0, TEXT_MAX)
}
