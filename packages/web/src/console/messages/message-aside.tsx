// Beside the timeline: each recipient's outcome, and the facts of the message.
import type { Message } from '@gatepost/contract/message.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { type FactRow, Facts } from '#shared/facts.tsx'
import { bytes } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { StatusWord } from '#shared/status-word.tsx'
import { PolicyList } from './policy-list.tsx'
import classes from './why.module.css'

export function Recipients({ message }: { readonly message: Message }) {
  return (
    <Panel title="Recipients" side={String(message.recipients.length)} flush>
      <ul className={classes.recipients}>
        {message.recipients.map(({ forwardPath, status, explanation }) => (
          <li key={forwardPath}>
            <span className={classes.recipient}>
              <HostText plain>{forwardPath}</HostText>
              <StatusWord of="message" state={status} />
            </span>
            {explanation.length > 0 && (
              <details>
                <summary>Why</summary>
                <PolicyList steps={explanation} brief={false} label={forwardPath} />
              </details>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

export function MessageFacts({ message }: { readonly message: Message }) {
  return (
    <Panel title="Facts">
      <Facts rows={[...factRows(message), ...message.facts.map(gathered)]} />
    </Panel>
  )
}

const factWords = new Map([
  ['spf', 'SPF'],
  ['clientNames', 'Verified names'],
  ['managedSender', 'Own list'],
  ['listedSpf', 'SPF of listed domains'],
  ['callForward', 'Mail host'],
  ['greylist', 'Greylist'],
  ['hops', 'Hops'],
  ['relayProof', 'Proof of the sender'],
])

/** Facts are named as the policies name them; here they begin with a capital. */
function factWord(name: string): string {
  return factWords.get(name) ?? name.charAt(0).toUpperCase() + name.slice(1)
}

/** A gathered fact as a row: unknown is never shown as "no". */
export function gathered({ name, value, known }: Message['facts'][number]): FactRow {
  return [factWord(name), known ? value : `unknown: ${value}`]
}

function factRows(message: Message): readonly FactRow[] {
  const { client, reversePath, size, messageIdField, settingsRevision } = message
  const rows: (FactRow | null)[] = [
    client && ['Client', <HostText key="ip">{client.ip}</HostText>],
    client?.name ? ['Host name', <HostText key="name">{client.name}</HostText>] : null,
    client && ['HELO', <HostText key="helo">{client.helo}</HostText>],
    client && ['TLS', client.tls ? `${client.tls.version}, ${client.tls.cipher}` : 'none'],
    ['Reverse-path', reversePath ? <HostText key="path">{reversePath}</HostText> : 'null (a bounce)'],
    size === null ? null : ['Size', bytes(size)],
    messageIdField
      ? [
          'Message-ID',
          <span key="id" className={stack.inline}>
            <HostText>{messageIdField}</HostText>
            <CopyButton value={messageIdField} label="Copy Message-ID" />
          </span>,
        ]
      : null,
    settingsRevision === null ? null : ['Settings', `revision ${settingsRevision}`],
  ]
  return rows.filter((row): row is FactRow => row !== null)
}
