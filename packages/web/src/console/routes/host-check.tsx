// The check script for Exchange Online (C5): to copy, to run there, and its report to drop here. What it
// shows stands among the checks of the step, dated; on the routes page it stands here.
import { getConnect } from '@gatepost/contract/connect.ts'
import { dropHostReport, getHostCheck } from '@gatepost/contract/host-check.ts'
import { Button, FileButton } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { type DragEvent, useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { CheckList } from '#shared/check-list.tsx'
import { CopyButton } from '#shared/copy-button.tsx'
import { Block, Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { FullTime } from '#shared/time.tsx'
import { readReport } from './read-report.ts'

/** Far above the report of an organisation with hundreds of rules. */
const REPORT_BYTES_MAX = 1_000_000

/** Nothing where mail is not delivered to Exchange Online. Connect lists the checks itself. */
export function HostCheckPanel({ withChecks = false }: { readonly withChecks?: boolean }) {
  const words = useWords('connect')
  const tenant = useSlug()
  const may = useMay('connect:write')
  const [wrong, setWrong] = useState(false)
  const { data } = useEndpoint(getHostCheck, { params: { tenant } })
  const drop = useAction(dropHostReport, { readAgain: [getHostCheck, getConnect] })
  if (!data || data.script === null) return null
  const onFile = async (file: File | undefined) => {
    if (!file) return
    const report = file.size > REPORT_BYTES_MAX ? null : readReport(await file.text())
    setWrong(report === null)
    if (report !== null) drop.mutate({ params: { tenant }, body: report })
  }
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    void onFile(event.dataTransfer.files[0])
  }
  return (
    <Panel title={words('hostCheck.title')}>
      <section
        aria-label={words('hostCheck.choose')}
        className={stack.stack}
        onDragOver={(event) => event.preventDefault()}
        onDrop={onDrop}
      >
        <p>{words('hostCheck.means')}</p>
        <details>
          <summary>{words('hostCheck.script')}</summary>
          <Block>{data.script}</Block>
        </details>
        <div className={stack.row}>
          <CopyButton value={data.script} label={words('hostCheck.copy')} text />
          {may && (
            <FileButton accept=".json,application/json" onChange={(file) => void onFile(file ?? undefined)}>
              {(props) => (
                <Button
                  {...props}
                  variant="default"
                  loading={drop.isPending}
                  leftSection={<IconFileImport size={15} aria-hidden />}
                >
                  {words('hostCheck.choose')}
                </Button>
              )}
            </FileButton>
          )}
        </div>
        {wrong && <Note tone="warn" title={words('hostCheck.wrong')} role="alert" />}
        {drop.error && <ProblemNote error={drop.error} focus />}
        {data.ranAt !== null && (
          <p className="small tx2" role="status">
            {rich(words, 'hostCheck.ran', {
              time: <FullTime at={data.ranAt} />,
              by: data.droppedBy ?? '',
            })}
          </p>
        )}
        {withChecks && data.checks.length > 0 && (
          <CheckList checks={data.checks} label={words('hostCheck.title')} />
        )}
      </section>
    </Panel>
  )
}
