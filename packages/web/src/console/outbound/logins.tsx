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
import { useConfirm } from '#shared/confirm.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SecretNote } from '#shared/secret-note.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { focusFirstWrong, required, useFieldErrors } from '#shared/validation.ts'
import { LiveLine } from '../live-line.tsx'
import classes from './outbound.module.css'

const READ_AGAIN = [listCredentials, getConnect, getLiveness]

export function Logins() {
  const tenant = useSlug()
  const may = useMay('outbound:write')
  const confirm = useConfirm()
  const { data, error } = useEndpoint(listCredentials, { params: { tenant } }, { refetchInterval: 15_000 })
  const renew = useAction(renewCredential, { readAgain: READ_AGAIN })
  const remove = useAction(removeCredential, {
    readAgain: READ_AGAIN,
    said: () => ({ text: 'The login is removed.' }),
  })
  const params = ({ id }: SmtpCredential) => ({ tenant, credential: id })
  const askRenew = async (row: SmtpCredential) => {
    const agreed = await confirm({
      title: `${row.name} cannot send until it has the new password`,
      body: 'The old password ends within seconds, also in sessions that are open. Mail waits in the mail host meanwhile.',
      act: 'Make new password',
    })
    if (agreed) renew.mutate({ params: params(row) })
  }
  const askRemove = async (row: SmtpCredential) => {
    const agreed = await confirm({
      title: `${row.name} may not send any more`,
      body: 'The login ends within seconds, also in sessions that are open.',
      act: 'Revoke login',
      keep: 'Keep it',
    })
    if (agreed) remove.mutate({ params: params(row) })
  }
  const columns = columnsOf(may ? { askRenew, askRemove } : null)
  return (
    <Panel title="Logins" side="for hosts on changing addresses, scanners and applications" flush>
      {error && (
        <PanelBody>
          <ProblemNote error={error} />
        </PanelBody>
      )}
      {data && data.items.length === 0 && (
        <p className={classes.empty}>
          None yet. A host whose address is fixed needs none: authorise its address above.
        </p>
      )}
      {data && data.items.length > 0 && (
        <DataTable
          label="Logins"
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
            title={`New password of ${renew.data.credential.username}`}
            value={renew.data.password}
            copy="Copy password"
          >
            Copy it now: it is shown this once.
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
  const tenant = useSlug()
  const add = useAction(addCredential, { readAgain: READ_AGAIN, onDone: () => form.reset() })
  const form = useForm({ initialValues: { name: '' }, validate: { name: required('which host it is for') } })
  useFieldErrors(form, add.error)
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={form.onSubmit((body) => add.mutate({ params: { tenant }, body }), focusFirstWrong)}
    >
      <TextInput
        label="Host or application"
        description="One login for each, so that one can be revoked without the others."
        placeholder="Scanner, 2nd floor"
        autoComplete="off"
        maxLength={120}
        {...form.getInputProps('name')}
      />
      {add.error && <ProblemNote error={add.error} focus />}
      {add.data && (
        <SecretNote
          title={`User name ${add.data.credential.username}`}
          value={add.data.password}
          copy="Copy password"
        >
          Enter the user name and this password at the host, with STARTTLS on port 587 or TLS on port 465.
          Copy it now: it is shown this once.
        </SecretNote>
      )}
      <div className={stack.row}>
        <Button type="submit" variant="default" loading={add.isPending}>
          Make login
        </Button>
        {add.isSuccess && <LiveLine />}
      </div>
    </form>
  )
}

type Acts = Record<'askRenew' | 'askRemove', (row: SmtpCredential) => void>

function columnsOf(acts: Acts | null): readonly Column<SmtpCredential>[] {
  const columns: Column<SmtpCredential>[] = [
    { id: 'name', head: 'Host', sortBy: ({ name }) => name, cell: (row) => <Who row={row} /> },
    {
      id: 'seen',
      head: 'Last used',
      sortBy: ({ lastSeenAt }) => lastSeenAt ?? 0,
      cell: (row) => <Used row={row} />,
    },
  ]
  if (!acts) return columns
  return [
    ...columns,
    {
      id: 'act',
      head: 'Change',
      headHidden: true,
      align: 'right',
      cell: (row) => (
        <span className={classes.acts}>
          <Button variant="subtle" color="gray" size="compact-sm" onClick={() => acts.askRenew(row)}>
            New password<span className="hidden-visually"> for {row.name}</span>
          </Button>
          <Button variant="subtle" color="gray" size="compact-sm" onClick={() => acts.askRemove(row)}>
            Revoke<span className="hidden-visually"> {row.name}</span>
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
  if (row.lastSeenAt === null) return <span className="tx2">not yet</span>
  return (
    <span>
      <RelativeTime at={row.lastSeenAt} />
      {row.lastAddress && (
        <span className="tx2">
          {' '}
          from <span className="mono">{row.lastAddress}</span>
        </span>
      )}
    </span>
  )
}
