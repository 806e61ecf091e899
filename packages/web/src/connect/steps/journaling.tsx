// C11: archiving and journaling on, the addresses for the mail host, and its instructions.

import { getArchive } from '@gatepost/contract/archive-settings.ts'
import type { Connect } from '@gatepost/contract/connect.ts'
import { getOutbound } from '@gatepost/contract/route.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { JournalPanel } from '#console/archive/journal-panel.tsx'
import { SwitchPanel } from '#console/archive/switch-panel.tsx'
import { smartHostOf } from '#console/outbound/smart-host.ts'
import { Note } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import classes from '../instructions/instructions.module.css'
import { journalInstructions } from '../instructions/journaling.ts'
import { keyOf, PartView } from '../instructions/part-view.tsx'
import { useTold } from '../instructions/use-told.ts'

export function Journaling({ connect }: { readonly connect: Connect }) {
  const tenant = useSlug()
  const may = useMay('retention:write')
  const tell = useTold()
  const { data } = useEndpoint(getArchive, { params: { tenant } })
  const { data: outbound } = useEndpoint(getOutbound, { params: { tenant } })
  const address = data?.journal.address
  const alternate = data?.journal.alternateAddress
  const smartHost = outbound && smartHostOf(outbound).host
  const shown =
    address && alternate && smartHost
      ? journalInstructions(connect.environment, { address, alternate, smartHost })
      : null
  return (
    <>
      <SwitchPanel may={may} />
      <JournalPanel may={may} />
      {shown && (
        <Panel title={tell(shown.title)}>
          <div className={stack.stack}>
            <ol className={classes.steps}>
              {shown.steps.map((parts) => (
                <li key={parts.map(keyOf).join()}>
                  {parts.map((part) => (
                    <PartView key={keyOf(part)} part={part} />
                  ))}
                </li>
              ))}
            </ol>
            {shown.caution && (
              <Note tone="warn" title={tell(shown.caution.title)}>
                <p>{tell(shown.caution.text)}</p>
              </Note>
            )}
          </div>
        </Panel>
      )}
    </>
  )
}
