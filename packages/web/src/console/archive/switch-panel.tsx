// Archiving on and off, with how much there is.
import { getArchive, setArchive } from '@gatepost/contract/archive-settings.ts'
import { getConnect } from '@gatepost/contract/connect.ts'
import { Switch } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Facts } from '#shared/facts.tsx'
import { bytes, count, dateTime } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'

export function SwitchPanel({ may }: { readonly may: boolean }) {
  const words = useWords('archive')
  const tenant = useSlug()
  const { data, error } = useEndpoint(getArchive, { params: { tenant } }, { refetchInterval: 15_000 })
  const set = useAction(setArchive, { readAgain: [getArchive, getConnect] })
  const change = (body: Parameters<typeof set.mutate>[0]['body']) => set.mutate({ params: { tenant }, body })
  return (
    <Panel title={words('title')}>
      <div className={stack.stack}>
        {Boolean(error ?? set.error) && <ProblemNote error={error ?? set.error} />}
        {!data && !error && <SkeletonRows />}
        {data && (
          <>
            <Switch
              label={words('keepMail')}
              description={words('keepMailMeans')}
              checked={data.enabled}
              disabled={!may || set.isPending}
              onChange={(event) => change({ enabled: event.currentTarget.checked })}
            />
            <Switch
              label={words('askReason')}
              description={words('askReasonMeans')}
              checked={data.askReason}
              disabled={!may || set.isPending}
              onChange={(event) => change({ askReason: event.currentTarget.checked })}
            />
            <Facts
              wide
              rows={[
                [words('messages'), count(data.entries)],
                [words('sizeBefore'), bytes(data.octets)],
                [words('oldest'), data.oldestAt === null ? words('none') : dateTime(data.oldestAt)],
                [words('newest'), data.newestAt === null ? words('none') : dateTime(data.newestAt)],
                [words('keptIn'), words(data.store === 's3' ? 'inBucket' : 'inFolder')],
              ]}
            />
          </>
        )}
      </div>
    </Panel>
  )
}
