// DNS records to publish: each value with its own copy button; cards on a phone, so that no button hides.
import type { DnsRecord } from '@gatepost/contract/common.ts'
import { useWords } from '#i18n/i18n.ts'
import { CopyButton } from './copy-button.tsx'
import { Facts } from './facts.tsx'
import { HostText } from './host-text.tsx'
import { usePhone } from './screen.ts'
import { StatusWord } from './status-word.tsx'
import classes from './table.module.css'

type Props = {
  readonly records: readonly DnsRecord[]
  /** Names in full instead of as most providers want them (`@`, relative). */
  readonly fullNames: boolean
  readonly label: string
  /** Without the state of each record, where a table of servers stands below. */
  readonly withState?: boolean
}

export function RecordsTable({ records, fullNames, label, withState = true }: Props) {
  const words = useWords('shell')
  const phone = usePhone()
  const withPriority = records.some(({ priority }) => priority !== null)
  if (phone) {
    return (
      <ul className={classes.cards} aria-label={label}>
        {records.map((record) => (
          <li key={keyOf(record)} className={classes.card}>
            <RecordCard record={record} fullNames={fullNames} />
          </li>
        ))}
      </ul>
    )
  }
  return (
    <div className={classes.scroll}>
      <table className={classes.table}>
        <caption className="hidden-visually">{label}</caption>
        <thead>
          <tr>
            <th scope="col">{words('checks.type', 'Type')}</th>
            <th scope="col">{words('checks.name', 'Name')}</th>
            <th scope="col">{words('checks.value', 'Value')}</th>
            {withPriority && <th scope="col">{words('checks.priority', 'Priority')}</th>}
            <th scope="col">TTL</th>
            {withState && <th scope="col">{words('checks.state', 'State')}</th>}
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr key={keyOf(record)}>
              <td className="mono">{record.type}</td>
              <td>
                <NameCell record={record} fullNames={fullNames} />
              </td>
              <td>
                <ValueCell record={record} />
              </td>
              {withPriority && <td className="mono">{record.priority}</td>}
              <td className="mono">{record.ttl}</td>
              {withState && (
                <td>
                  <StatusWord of="record" state={record.state} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function RecordCard({ record, fullNames }: { readonly record: DnsRecord; readonly fullNames: boolean }) {
  const words = useWords('shell')
  const priority =
    record.priority === null ? [] : [[words('checks.priority', 'Priority'), String(record.priority)] as const]
  return (
    <>
      <StatusWord of="record" state={record.state} />
      <Facts
        rows={[
          [
            words('checks.type', 'Type'),
            <span key="type" className="mono">
              {record.type}
            </span>,
          ],
          [words('checks.name', 'Name'), <NameCell key="name" record={record} fullNames={fullNames} />],
          [words('checks.value', 'Value'), <ValueCell key="value" record={record} />],
          ...priority,
          ['TTL', String(record.ttl)],
        ]}
      />
    </>
  )
}

function NameCell({ record, fullNames }: { readonly record: DnsRecord; readonly fullNames: boolean }) {
  const words = useWords('shell')
  const name = fullNames ? record.name : record.relativeName
  return (
    <span className={classes.cell}>
      <HostText>{name}</HostText>
      <CopyButton
        value={name}
        label={words('checks.copyName', { defaultValue: `Copy ${record.type} name`, type: record.type })}
      />
    </span>
  )
}

function ValueCell({ record }: { readonly record: DnsRecord }) {
  const words = useWords('shell')
  return (
    <span className={classes.cell}>
      <HostText>{record.value}</HostText>
      <CopyButton
        value={record.value}
        label={words('checks.copyValue', { defaultValue: `Copy ${record.type} value`, type: record.type })}
      />
    </span>
  )
}

function keyOf(record: DnsRecord): string {
  return `${record.type} ${record.name} ${record.value}`
}
