// Why mail was refused, deferred or held in 24 hours: each reason leads to its messages.
import { getMessageReasons, type MessageStatus } from '@gatepost/contract/message.ts'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { count } from '#shared/format.ts'
import { Panel } from '#shared/panel.tsx'
import { wordOf } from '#shared/vocabulary.ts'
import classes from '../dashboard.module.css'

const SHOWN_MAX = 8
const LOOK_MS = 30_000

export function ReasonsPanel() {
  const tenant = useSlug()
  const { data } = useEndpoint(getMessageReasons, { params: { tenant } }, { refetchInterval: LOOK_MS })
  if (!data || data.items.length === 0) return null
  const shown = data.items.slice(0, SHOWN_MAX)
  return (
    <Panel title="Why mail was not taken at once" side="last 24 hours">
      <table className={classes.reasons}>
        <caption className="hidden-visually">Reasons of refused, deferred and held mail</caption>
        <tbody>
          {shown.map(({ reason, means, status, count: number }) => (
            <tr key={`${status} ${reason}`}>
              <th scope="row">
                <Link
                  to="/t/$slug/messages"
                  params={{ slug: tenant }}
                  search={searchOf(reason, means, status)}
                >
                  {means}
                </Link>
              </th>
              <td className="tx2">{wordOf('message', status).word}</td>
              <td>{count(number)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {data.sampled && <p className="small tx3">Counted over the newest 5,000 of each outcome.</p>}
    </Panel>
  )
}

/** A reason that a policy gave is a filter; the words of a reply are not, so its outcome is shown. */
function searchOf(reason: string, means: string, status: MessageStatus) {
  return { status, reason: reason === means ? undefined : reason }
}
