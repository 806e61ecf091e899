// How long mail took through us: from our 250 to the mail host's.
import { BigNumber, BigNumbers } from '#shared/facts.tsx'
import { span } from '#shared/format.ts'
import { Panel } from '#shared/panel.tsx'
import type { Counts } from './outcomes-panel.tsx'

export function DelayPanel({ counts }: { readonly counts: Counts }) {
  const { delayP50Ms, delayP95Ms } = counts
  return (
    <Panel title="Delay we cause" side="last 24 hours">
      {delayP50Ms === null ? (
        <p className="tx2">
          Nothing was delivered yet. From our acceptance to that of the mail host, it shows here.
        </p>
      ) : (
        <BigNumbers>
          <BigNumber name="Half within">{span(delayP50Ms)}</BigNumber>
          {delayP95Ms !== null && <BigNumber name="95 % within">{span(delayP95Ms)}</BigNumber>}
        </BigNumbers>
      )}
    </Panel>
  )
}
