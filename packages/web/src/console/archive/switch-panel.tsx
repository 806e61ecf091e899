// Archiving on and off, with how much there is.
import { getArchive, setArchive } from '@gatepost/contract/archive-settings.ts'
import { getConnect } from '@gatepost/contract/connect.ts'
import { Switch } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { Facts } from '#shared/facts.tsx'
import { bytes, count, dateTime } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'

export function SwitchPanel({ may }: { readonly may: boolean }) {
  const tenant = useSlug()
  const { data, error } = useEndpoint(getArchive, { params: { tenant } }, { refetchInterval: 15_000 })
  const set = useAction(setArchive, { readAgain: [getArchive, getConnect] })
  const change = (body: Parameters<typeof set.mutate>[0]['body']) => set.mutate({ params: { tenant }, body })
  return (
    <Panel title="Archive">
      <div className={stack.stack}>
        {Boolean(error ?? set.error) && <ProblemNote error={error ?? set.error} />}
        {!data && !error && <SkeletonRows />}
        {data && (
          <>
            <Switch
              label="Keep mail that passes the gateway"
              description="Sealed with a key of your organisation. Switching it off keeps what is there."
              checked={data.enabled}
              disabled={!may || set.isPending}
              onChange={(event) => change({ enabled: event.currentTarget.checked })}
            />
            <Switch
              label="Ask for a reason at each search"
              description="It is noted with the search in the audit log."
              checked={data.askReason}
              disabled={!may || set.isPending}
              onChange={(event) => change({ askReason: event.currentTarget.checked })}
            />
            <Facts
              rows={[
                ['Messages', count(data.entries)],
                ['Size before packing', bytes(data.octets)],
                ['Oldest', data.oldestAt === null ? 'none' : dateTime(data.oldestAt)],
                ['Newest', data.newestAt === null ? 'none' : dateTime(data.newestAt)],
                ['Kept in', data.store === 's3' ? 'a bucket (S3)' : 'a folder of this installation'],
              ]}
            />
          </>
        )}
      </div>
    </Panel>
  )
}
