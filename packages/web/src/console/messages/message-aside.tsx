// Beside the timeline: each recipient's outcome, and the facts of the message.
import type { Message } from '@gatepost/contract/message.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
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
  const words = useWords('messages')
  return (
    <Panel title={words('why.recipients')} side={String(message.recipients.length)} flush>
      <ul className={classes.recipients}>
        {message.recipients.map(({ forwardPath, status, explanation }) => (
          <li key={forwardPath}>
            <span className={classes.recipient}>
              <HostText plain>{forwardPath}</HostText>
              <StatusWord of="message" state={status} />
            </span>
            {explanation.length > 0 && (
              <details>
                <summary>{words('why.why')}</summary>
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
  const words = useWords('messages')
  return (
    <Panel title={words('why.facts')}>
      <Facts rows={[...factRows(message, words), ...message.facts.map((fact) => gathered(fact, words))]} />
    </Panel>
  )
}

/** Facts are named as the policies name them; here they begin with a capital. */
function factWord(name: string, words: Words): string {
  return words(`fact.${name}`, name.charAt(0).toUpperCase() + name.slice(1))
}

/** A gathered fact as a row: unknown is never shown as "no". */
export function gathered({ name, value, known }: Message['facts'][number], words: Words): FactRow {
  return [factWord(name, words), known ? value : words('why.unknown', { value })]
}

function factRows(message: Message, words: Words): readonly FactRow[] {
  const { client, reversePath, size, messageIdField, settingsRevision } = message
  const rows: (FactRow | null)[] = [
    client && [words('fact.client'), <HostText key="ip">{client.ip}</HostText>],
    client?.name ? [words('fact.hostName'), <HostText key="name">{client.name}</HostText>] : null,
    client && [words('fact.helo'), <HostText key="helo">{client.helo}</HostText>],
    client && [
      words('fact.tls'),
      client.tls ? `${client.tls.version}, ${client.tls.cipher}` : words('fact.none'),
    ],
    [
      words('fact.reversePath'),
      reversePath ? <HostText key="path">{reversePath}</HostText> : words('fact.nullPath'),
    ],
    size === null ? null : [words('fact.size'), bytes(size)],
    messageIdField
      ? [
          words('fact.messageId'),
          <span key="id" className={stack.inline}>
            <HostText>{messageIdField}</HostText>
            <CopyButton value={messageIdField} label={words('fact.copyMessageId')} />
          </span>,
        ]
      : null,
    settingsRevision === null
      ? null
      : [words('fact.settings'), words('fact.revision', { number: settingsRevision })],
  ]
  return rows.filter((row): row is FactRow => row !== null)
}
