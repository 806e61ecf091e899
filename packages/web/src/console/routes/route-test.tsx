// Testing a route: a recipient to try, and the reader's word that the message arrived.

import { getConnect } from '@gatepost/contract/connect.ts'
import {
  ARRIVAL_CHARACTERS_MAX,
  confirmArrival,
  listRoutes,
  type Route,
  type RouteTest,
  testRoute,
} from '@gatepost/contract/route.ts'
import { Button, FileButton, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconFileImport } from '@tabler/icons-react'
import type { DragEvent, ReactNode } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useMe, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { PanelBody } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { address, useFieldErrors } from '#shared/validation.ts'

export function TestForm({ route }: { readonly route: Route }) {
  const t = useWords('flow')
  const tenant = useSlug()
  const me = useMe()
  const run = useAction(testRoute, { readAgain: [listRoutes, getConnect] })
  const form = useForm({
    initialValues: { recipient: route.lastTest?.recipient ?? me?.email ?? '' },
    validate: { recipient: address },
  })
  useFieldErrors(form, run.error)
  return (
    <form
      noValidate
      className={stack.stack}
      onSubmit={form.onSubmit((body) => run.mutate({ params: { tenant, route: route.id }, body }))}
    >
      <div className={stack.end}>
        <TextInput
          label={t('routeTest.testRecipient')}
          description={t('routeTest.aMailboxYouCanOpenAReal')}
          type="email"
          {...form.getInputProps('recipient')}
        />
        <Button
          type="submit"
          variant={route.lastTest?.passed ? 'default' : 'filled'}
          loading={run.isPending || route.lastTest?.state === 'running'}
        >
          {t('routeTest.runTheTests')}
        </Button>
      </div>
      {run.error && <ProblemNote error={run.error} />}
    </form>
  )
}

type ArrivalProps = { readonly route: Route; readonly test: RouteTest; readonly may: boolean }

export function Arrival({ route, test, may }: ArrivalProps) {
  const t = useWords('flow')
  const tenant = useSlug()
  const confirm = useAction(confirmArrival, { readAgain: [listRoutes, getConnect] })
  if (test.arrivedAt !== null) {
    return (
      <PanelBody>
        <Note
          tone="ok"
          role="status"
          title={t('routeTest.theTestMessageReached', { recipient: test.recipient })}
        >
          <p>{rich(t, 'routeTest.confirmed', { time: <RelativeTime at={test.arrivedAt} /> })}</p>
          {may && <ShowMessage route={route} />}
        </Note>
      </PanelBody>
    )
  }
  if (!test.passed || test.state === 'running') return null
  return (
    <PanelBody>
      <Note tone="info" title={t('routeTest.didTheTestMessageReach', { recipient: test.recipient })}>
        <p>{t('routeTest.lookIntoTheInboxAndTheJunk')}</p>
        {may && (
          <div className={stack.stack}>
            <div>
              <Button
                loading={confirm.isPending}
                onClick={() => confirm.mutate({ params: { tenant, route: route.id }, body: {} })}
              >
                {t('routeTest.itArrived')}
              </Button>
            </div>
            <ShowMessage route={route} />
          </div>
        )}
        {confirm.error && <ProblemNote error={confirm.error} />}
      </Note>
    </PanelBody>
  )
}

/** The test message itself, as the mailbox has it: tells what the host saw. */
function ShowMessage({ route }: { readonly route: Route }) {
  const t = useWords('flow')
  const tenant = useSlug()
  const show = useAction(confirmArrival, { readAgain: [listRoutes, getConnect] })
  const onFile = async (file: File) => {
    const eml = await file.slice(0, ARRIVAL_CHARACTERS_MAX).text()
    show.mutate({ params: { tenant, route: route.id }, body: { eml } })
  }
  return (
    <DropMessage busy={show.isPending} onFile={(file) => void onFile(file)}>
      <p className="small">{t('routeTest.dropTheMessage')}</p>
      {show.error && <ProblemNote error={show.error} />}
    </DropMessage>
  )
}

type DropProps = {
  readonly busy: boolean
  readonly onFile: (file: File) => void
  readonly children: ReactNode
}

function DropMessage({ busy, onFile, children }: DropProps) {
  const t = useWords('flow')
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    const [file] = event.dataTransfer.files
    if (file) onFile(file)
  }
  return (
    <section
      aria-label={t('routeTest.chooseTheMessage')}
      className={stack.stack}
      onDragOver={(event) => event.preventDefault()}
      onDrop={onDrop}
    >
      {children}
      <div>
        <FileButton accept=".eml,message/rfc822" onChange={(file) => file && onFile(file)}>
          {(props) => (
            <Button
              {...props}
              variant="default"
              loading={busy}
              leftSection={<IconFileImport size={15} aria-hidden />}
            >
              {t('routeTest.chooseTheMessage')}
            </Button>
          )}
        </FileButton>
      </div>
    </section>
  )
}
