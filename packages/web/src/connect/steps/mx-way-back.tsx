// The way back, always beside the change: the MX records before ours, ready to publish again.
import type { MxView } from '@gatepost/contract/domain.ts'
import { Button } from '@mantine/core'
import { IconPrinter } from '@tabler/icons-react'
import { CopyButton } from '#shared/copy-button.tsx'
import { Block } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'

const WAY_BACK_TTL = 300

export function MxWayBack({ mx, host }: { readonly mx: MxView; readonly host: string }) {
  if (mx.before.length === 0) {
    return (
      <Panel title="Way back">
        <p className="tx2">
          We saw no MX record of yours before. Write down the present ones before you change them.
        </p>
      </Panel>
    )
  }
  const zone = zoneOf(mx)
  return (
    <Panel title="Way back">
      <div className={stack.stack}>
        <p className="tx2">
          Publish this and mail goes straight to {host} again, as soon as caches let go of the new record.
        </p>
        <Block>{zone}</Block>
        <div className={stack.row}>
          <CopyButton value={zone} label="Copy old records" text />
          <Button
            variant="default"
            leftSection={<IconPrinter size={15} aria-hidden />}
            onClick={() => globalThis.print()}
          >
            Print
          </Button>
        </div>
      </div>
    </Panel>
  )
}

/** The former MX records in zone-file form. */
export function zoneOf(mx: Pick<MxView, 'before'>): string {
  return mx.before
    .map(
      ({ preference, exchange }) => `@ ${WAY_BACK_TTL} IN MX ${preference} ${exchange.replace(/\.$/, '')}.`,
    )
    .join('\n')
}
