// What each server says of a record: its name servers, then the public view with the time left.
import type { DnsRecord } from '@gatepost/contract/common.ts'
import { useWords } from '#i18n/i18n.ts'
import { minutesSeconds } from './format.ts'
import { HostText } from './host-text.tsx'
import { useNow } from './now.ts'
import { usePhone } from './screen.ts'
import { keyOf, type ServerView, serversOf } from './servers.ts'
import { StatusWord } from './status-word.tsx'
import classes from './table.module.css'
import { RelativeTime } from './time.tsx'

type Props = {
  readonly records: readonly DnsRecord[]
  readonly checkedAt: number | null
  readonly label: string
}

export function ServersTable({ records, checkedAt, label }: Props) {
  const words = useWords('shell')
  const phone = usePhone()
  const servers = serversOf(records)
  if (servers.length === 0) return null
  if (phone) {
    return (
      <ul className={classes.cards} aria-label={label}>
        {servers.map((server) => (
          <li key={keyOf(server)} className={classes.card}>
            <StatusWord of="record" state={server.state} />
            <Asked server={server} checkedAt={checkedAt} />
            <Values values={server.values} />
            <Expires
              server={server}
              checkedAt={checkedAt}
              before={`${words('checks.expires', 'Expires in')} `}
            />
          </li>
        ))}
      </ul>
    )
  }
  return (
    <div className={classes.scroll}>
      <table className={`${classes.table} ${classes.asked}`}>
        <caption className="hidden-visually">{label}</caption>
        <thead>
          <tr>
            <th scope="col">{words('checks.asked', 'Asked')}</th>
            <th scope="col">{words('checks.weSee', 'We see')}</th>
            <th scope="col">{words('checks.state', 'State')}</th>
            <th scope="col" data-align="right">
              {words('checks.expires', 'Expires in')}
            </th>
          </tr>
        </thead>
        <tbody>
          {servers.map((server) => (
            <tr key={keyOf(server)}>
              <td>
                <Asked server={server} checkedAt={checkedAt} />
              </td>
              <td>
                <Values values={server.values} />
              </td>
              <td>
                <StatusWord of="record" state={server.state} />
              </td>
              <td data-align="right">
                <Expires server={server} checkedAt={checkedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Asked({ server, checkedAt }: { readonly server: ServerView; readonly checkedAt: number | null }) {
  const words = useWords('shell')
  return (
    <span>
      <span className={classes.line}>
        <HostText>{server.server}</HostText>
      </span>
      <span className={`${classes.once} small tx3`}>
        {server.view === 'authoritative'
          ? words('checks.nameServer', 'Name server')
          : words('checks.resolver', 'Public resolver')}
        {checkedAt !== null && (
          <>
            {' · '}
            <RelativeTime at={checkedAt} />
          </>
        )}
      </span>
    </span>
  )
}

function Values({ values }: { readonly values: readonly string[] }) {
  const words = useWords('shell')
  if (values.length === 0) return <span className="tx3">{words('checks.nothing', 'nothing')}</span>
  return (
    <span>
      {values.map((value) => (
        <span key={value} className={classes.line}>
          <HostText>{value}</HostText>
        </span>
      ))}
    </span>
  )
}

type ExpiresProps = {
  readonly server: ServerView
  readonly checkedAt: number | null
  readonly before?: string
}

function Expires({ server, checkedAt, before = '' }: ExpiresProps) {
  const now = useNow()
  const cached = server.state === 'old-value-cached' && server.ttl !== null && checkedAt !== null
  if (!cached || server.ttl === null || checkedAt === null)
    return before ? null : <span className="tx3">–</span>
  const left = Math.max(0, checkedAt + server.ttl * 1_000 - now)
  const share = Math.min(100, (left / (server.ttl * 1_000)) * 100)
  return (
    <span className="num strong">
      {before}
      {minutesSeconds(left)}
      <span className={classes.bar} aria-hidden>
        <span className={classes.fill} style={{ width: `${share}%` }} />
      </span>
    </span>
  )
}
