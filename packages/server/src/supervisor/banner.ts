// The small readable block that a start prints: where the console is, the set-up link, the ports, the data
// folder.
import type { Listening } from './messages.ts'

type Facts = {
  readonly version: string
  readonly consoleUrl: string
  readonly setupUrl: string | null
  readonly listening: readonly Listening[]
  readonly dataFolder: string
  readonly database: string
  readonly logFile: string | null
  readonly workers: number
  /** What is wrong with the operator's certificate files. */
  readonly certificateFault: string | null
  readonly startedInMs: number
}

/** The block, ended by an empty line. */
export function banner(facts: Facts): string {
  const ports = (role: Listening['role']): string =>
    facts.listening
      .filter((at) => at.role === role)
      .map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`)
      .join(', ')
  const rows: (readonly [string, string])[] = [['Console', facts.consoleUrl]]
  if (facts.setupUrl) rows.push(['Set-up link', `${facts.setupUrl}   (once, for 24 hours)`])
  rows.push(['SMTP inbound', `${ports('mx')}   (MX and smart host)`])
  if (ports('submission')) rows.push(['Submission', ports('submission')])
  if (ports('submissions')) rows.push(['Submission TLS', ports('submissions')])
  if (ports('acme')) rows.push(['Challenges', `${ports('acme')}   (ACME only)`])
  rows.push(['Data folder', facts.dataFolder], ['Database', facts.database])
  if (facts.certificateFault !== null) {
    rows.push(['Certificate', `${facts.certificateFault}. Until it can be read, one that we made serves.`])
  }
  if (facts.logFile) rows.push(['Log', facts.logFile])
  const width = Math.max(...rows.map(([name]) => name.length))
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)
  const workers = facts.workers === 1 ? '1 edge worker' : `${facts.workers} edge workers`
  const seconds = (facts.startedInMs / 1000).toFixed(1)
  return `\nGatepost ${facts.version} is running (${workers}, started in ${seconds} s)\n\n${lines.join('\n')}\n\n`
}
