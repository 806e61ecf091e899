// The figures to take away: as CSV, or printed.
import { exportReport, type ReportRange } from '@gatepost/contract/report.ts'
import { Button } from '@mantine/core'
import { IconDownload, IconPrinter } from '@tabler/icons-react'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import classes from '../dashboard.module.css'

export function TakeAway({ range }: { readonly range: ReportRange }) {
  const slug = useSlug()
  const words = useWords('shell')
  const path = exportReport.path.replace('{tenant}', encodeURIComponent(slug))
  return (
    <span className={classes.noPrint}>
      <Button
        component="a"
        href={`${path}?range=${range}`}
        download="report.csv"
        variant="default"
        mr={8}
        leftSection={<IconDownload size={15} aria-hidden />}
      >
        {words('export')}
      </Button>
      <Button
        variant="default"
        leftSection={<IconPrinter size={15} aria-hidden />}
        onClick={() => window.print()}
      >
        {words('print')}
      </Button>
    </span>
  )
}
