// The way back, always beside the change: the MX records before ours, ready to publish again.
import type { MxView } from '@gatepost/contract/domain.ts'
import { Button } from '@mantine/core'
import { IconPrinter } from '@tabler/icons-react'
import { useWords } from '#i18n/i18n.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { Block } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'

const WAY_BACK_TTL = 300

export function MxWayBack({ mx, host }: { readonly mx: MxView; readonly host: string }) {
  const words = useWords('connect')
  if (mx.before.length === 0) {
    return (
      <Panel title={words('mx.wayBack')}>
        <p className="tx2">{words('mx.noBefore')}</p>
      </Panel>
    )
  }
  const zone = zoneOf(mx)
  return (
    <Panel title={words('mx.wayBack')}>
      <div className={stack.stack}>
        <p className="tx2">{words('mx.publishBack', { host })}</p>
        <Block>{zone}</Block>
        <div className={stack.row}>
          <CopyButton value={zone} label={words('mx.copyOld')} text />
          <Button
            variant="default"
            leftSection={<IconPrinter size={15} aria-hidden />}
            onClick={() => globalThis.print()}
          >
            {words('mx.print')}
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
