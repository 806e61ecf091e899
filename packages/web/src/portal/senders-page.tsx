// An end user's own permitted and blocked senders (S3, H5).
import { addOwnSender, listOwnSenders, removeOwnSender } from '@gatepost/contract/portal.ts'
import { Button, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useWords } from '#i18n/i18n.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { usePages } from '#shared/pages.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './portal.module.css'
import { usePortalTenant } from './use-portal.ts'

const LIMIT = 50

export function PortalSendersPage() {
  const t = useWords('portal')
  const tenant = usePortalTenant()
  const pages = usePages()
  const query = { limit: LIMIT, ...(pages.after ? { after: pages.after } : {}) }
  const { data, error } = useEndpoint(
    listOwnSenders,
    { params: { tenant }, query },
    { enabled: tenant !== '', keepPrevious: true },
  )
  const remove = useAction(removeOwnSender, {
    readAgain: [listOwnSenders],
    said: () => ({ text: 'The entry is removed.' }),
  })
  useEffect(() => {
    document.title = `${t('senders.title')} · Gatepost`
  }, [t])
  return (
    <main id="main" className={classes.main}>
      <h1>{t('senders.title')}</h1>
      <p className={classes.lead}>{t('senders.lead')}</p>
      <AddSender tenant={tenant} />
      {(error ?? remove.error) && <ProblemNote error={error ?? remove.error} />}
      {!data && !error && <SkeletonRows rows={4} />}
      {data && data.items.length === 0 && (
        <EmptyState title={t('senders.none')}>
          <p>{t('senders.noneText')}</p>
        </EmptyState>
      )}
      <ul className={classes.items}>
        {data?.items.map(({ id, sender, action, createdAt }) => (
          <li key={id} className={classes.line}>
            <span>
              <HostText>{sender}</HostText>
              <span className="small tx2">
                {' '}
                · {t(action === 'permit' ? 'senders.permitted' : 'senders.blocked')}{' '}
                <RelativeTime at={createdAt} />
              </span>
            </span>
            <Button
              variant="subtle"
              color="gray"
              aria-label={t('senders.removeWhat', { sender })}
              onClick={() => remove.mutate({ params: { tenant, sender: id } })}
            >
              {t('senders.remove')}
            </Button>
          </li>
        ))}
      </ul>
      {data?.next && (
        <Button variant="default" onClick={() => pages.older(data.next ?? '')}>
          {t('held.more')}
        </Button>
      )}
    </main>
  )
}

function AddSender({ tenant }: { readonly tenant: string }) {
  const t = useWords('portal')
  const [sender, setSender] = useState('')
  const add = useAction(addOwnSender, { readAgain: [listOwnSenders], onDone: () => setSender('') })
  const run = (action: 'permit' | 'block') => add.mutate({ params: { tenant }, body: { sender, action } })
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        run('permit')
      }}
    >
      <TextInput
        label={t('senders.sender')}
        required
        maxLength={320}
        value={sender}
        onChange={(event) => setSender(event.currentTarget.value)}
      />
      {add.error && <ProblemNote error={add.error} />}
      <div className={classes.buttons}>
        <Button type="submit" disabled={add.isPending}>
          {t('senders.permit')}
        </Button>
        <Button
          variant="default"
          disabled={add.isPending || sender.trim() === ''}
          onClick={() => run('block')}
        >
          {t('senders.block')}
        </Button>
      </div>
    </form>
  )
}
