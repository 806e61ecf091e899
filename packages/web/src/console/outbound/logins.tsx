// Logins of mail hosts on changing addresses: generated passwords that are shown once, last use, revoking.

import { getConnect } from '@gatepost/contract/connect.ts'
import {
  addCredential,
  listCredentials,
  removeCredential,
  renewCredential,
  type SmtpCredential,
} from '@gatepost/contract/outbound.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SecretNote } from '#shared/secret-note.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { filled, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'
import { LiveLine } from '../live-line.tsx'
import classes from './outbound.module.css'

const READ_AGAIN = [listCredentials, getConnect, getLiveness]

export function Logins() {
  const t = useWords('flow')
  const tenant = useSlug()
  const may = useMay('outbound:write')
  const confirm = useConfirm()
  const { data, error } = useEndpoint(listCredentials, { params: { tenant } }, { refetchInterval: 15_000 })
  const renew = useAction(renewCredential, { readAgain: READ_AGAIN })
  const remove = useAction(removeCredential, {
    readAgain: READ_AGAIN,
    said: () => ({ text: t('logins.theLoginIsRemoved') }),
  })
  const params = ({ id }: SmtpCredential) => ({ tenant, credential: id })
  const askRenew = async (row: SmtpCredential) => {
    const agreed = await confirm({
      title: t('logins.cannotSendUntilItHasTheNew', { name: row.name }),
      body: t('logins.theOldPasswordEndsWithin'),
      act: t('logins.makeNewPassword'),
    })
    if (agreed) renew.mutate({ params: params(row) })
  }
  const askRemove = async (row: SmtpCredential) => {
    const agreed = await confirm({
      title: t('logins.mayNotSendAnyMore', { name: row.name }),
      body: t('logins.theLoginEndsWithinSeconds'),
      act: t('logins.revokeLogin'),
      keep: t('logins.keepIt'),
    })
    if (agreed) remove.mutate({ params: params(row) })
  }
  const columns = columnsOf(t, may ? { askRenew, askRemove } : null)
  return (
    <Panel title={t('logins.logins')} side={t('logins.forHostsOnChanging')} flush>
      {error && (
        <PanelBody>
          <ProblemNote error={error} />
        </PanelBody>
      )}
      {data && data.items.length === 0 && (
        <p className={classes.empty}>{t('logins.noneYetAHostWhoseAddressIs')}</p>
      )}
      {data && data.items.length > 0 && (
        <DataTable
          label={t('logins.logins')}
          rows={data.items}
          columns={columns}
          rowKey={({ id }) => id}
          card={(row) => (
            <>
              <Who row={row} />
              <Used row={row} />
              {columns.at(-1)?.cell(row)}
            </>
          )}
        />
      )}
      {renew.data && (
        <PanelBody>
          <SecretNote
            title={t('logins.newPasswordOf', { username: renew.data.credential.username })}
            value={renew.data.password}
            copy={t('logins.copyPassword')}
          >
            {t('logins.copyItNowItIsShownThisOnce')}
          </SecretNote>
        </PanelBody>
      )}
      {Boolean(renew.error ?? remove.error) && (
        <PanelBody>
          <ProblemNote error={renew.error ?? remove.error} />
        </PanelBody>
      )}
      {may && <NewLogin />}
    </Panel>
  )
}

function NewLogin() {
  const t = useWords('flow')
  const tenant = useSlug()
  const add = useAction(addCredential, { readAgain: READ_AGAIN, onDone: () => form.reset() })
  const form = useForm({
    initialValues: { name: '' },
    validate: { name: filled(t('logins.writeWhichHostItIsFor')) },
  })
  useFieldErrors(form, add.error)
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={form.onSubmit((body) => add.mutate({ params: { tenant }, body }), focusFirstWrong)}
    >
      <TextInput
        label={t('logins.hostOrApplication')}
        description={t('logins.oneLoginForEachSoThatOne')}
        placeholder={t('logins.scanner2ndFloor')}
        autoComplete="off"
        maxLength={120}
        {...form.getInputProps('name')}
      />
      {add.error && <ProblemNote error={add.error} focus />}
      {add.data && (
        <SecretNote
          title={t('logins.userName', { username: add.data.credential.username })}
          value={add.data.password}
          copy={t('logins.copyPassword')}
        >
          {t('logins.enterTheUserNameAndThis')}
        </SecretNote>
      )}
      <div className={stack.row}>
        <Button type="submit" variant="default" loading={add.isPending}>
          {t('logins.makeLogin')}
        </Button>
        {add.isSuccess && <LiveLine />}
      </div>
    </form>
  )
}

type Acts = Record<'askRenew' | 'askRemove', (row: SmtpCredential) => void>

function columnsOf(t: Words, acts: Acts | null): readonly Column<SmtpCredential>[] {
  const columns: Column<SmtpCredential>[] = [
    { id: 'name', head: t('logins.host'), sortBy: ({ name }) => name, cell: (row) => <Who row={row} /> },
    {
      id: 'seen',
      head: t('logins.lastUsed'),
      sortBy: ({ lastSeenAt }) => lastSeenAt ?? 0,
      cell: (row) => <Used row={row} />,
    },
  ]
  if (!acts) return columns
  return [
    ...columns,
    {
      id: 'act',
      head: t('logins.change'),
      headHidden: true,
      align: 'right',
      cell: (row) => (
        <span className={classes.acts}>
          <Button variant="subtle" color="gray" size="compact-sm" onClick={() => acts.askRenew(row)}>
            {t('logins.newPassword')}
            <span className="hidden-visually">{t('logins.for', { name: row.name })}</span>
          </Button>
          <Button variant="subtle" color="gray" size="compact-sm" onClick={() => acts.askRemove(row)}>
            {t('logins.revoke')}
            <span className="hidden-visually"> {row.name}</span>
          </Button>
        </span>
      ),
    },
  ]
}

function Who({ row }: { readonly row: SmtpCredential }) {
  return (
    <div>
      <span className="strong">{row.name}</span>
      <div className="small tx2 mono">{row.username}</div>
    </div>
  )
}

function Used({ row }: { readonly row: SmtpCredential }) {
  const t = useWords('flow')
  if (row.lastSeenAt === null) return <span className="tx2">{t('logins.notYet')}</span>
  return (
    <span>
      <RelativeTime at={row.lastSeenAt} />
      {row.lastAddress && (
        <span className="tx2">
          {rich(t, 'logins.from', { span: <span className="mono">{row.lastAddress}</span> })}
        </span>
      )}
    </span>
  )
}
