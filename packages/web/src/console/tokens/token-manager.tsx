// API tokens: the list, a new one that is shown once, and revoking. Of an organisation or the installation.
import type { Permission } from '@gatepost/contract/permission.ts'
import type { ApiToken, MadeToken } from '@gatepost/contract/token.ts'
import { Button, NumberInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import { useConfirm } from '#shared/confirm.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { date } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { PermissionGrid } from '#shared/permission-grid.tsx'
import { SecretNote } from '#shared/secret-note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { RelativeTime } from '#shared/time.tsx'
import { focusFirstWrong, required, useFieldErrors } from '#shared/validation.ts'

export type NewToken = {
  readonly name: string
  readonly permissions: Permission[]
  readonly days: number
}

type Props = {
  readonly data: { readonly items: ApiToken[]; readonly may: Permission[] } | undefined
  readonly error: unknown
  readonly mayChange: boolean
  readonly create: {
    readonly act: (body: NewToken) => void
    readonly made: MadeToken | undefined
    readonly error: unknown
    readonly busy: boolean
  }
  readonly revoke: { readonly act: (token: string) => void; readonly error: unknown }
}

const stateWords = {
  active: { tone: 'ok', word: 'Active' },
  expired: { tone: 'mute', word: 'Expired' },
  revoked: { tone: 'mute', word: 'Revoked' },
  bound: { tone: 'warn', word: 'Opens nothing' },
} as const

export function TokenManager({ data, error, mayChange, create, revoke }: Props) {
  const confirm = useConfirm()
  const end = async ({ id, name }: ApiToken) => {
    const agreed = await confirm({
      title: `Whatever uses ${name} stops working at once`,
      body: 'A revoked token never works again. Make a new one first where something depends on it.',
      act: 'Revoke token',
    })
    if (agreed) revoke.act(id)
  }
  const columns = columnsOf(mayChange, end)
  return (
    <div className={stack.stack}>
      <Panel title="Tokens" flush>
        {Boolean(error ?? revoke.error) && (
          <PanelBody>
            <ProblemNote error={error ?? revoke.error} />
          </PanelBody>
        )}
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <EmptyState title="No API token yet" icon={IconKey}>
            <p>
              A token lets a script or another system use the API with exactly the permissions you tick, until
              it expires.
            </p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <DataTable
            label="API tokens"
            rows={data.items}
            columns={columns}
            rowKey={({ id }) => id}
            card={(token) => (
              <>
                <Name token={token} />
                <State token={token} />
                <span className="small tx2">
                  <Used token={token} />
                </span>
                {columns.at(-1)?.cell(token)}
              </>
            )}
          />
        )}
      </Panel>
      {mayChange && data && <NewTokenPanel may={data.may} create={create} />}
    </div>
  )
}

function columnsOf(mayChange: boolean, end: (token: ApiToken) => Promise<void>): readonly Column<ApiToken>[] {
  return [
    { id: 'name', head: 'Name', cell: (token) => <Name token={token} /> },
    { id: 'state', head: 'State', cell: (token) => <State token={token} /> },
    { id: 'used', head: 'Last used', cell: (token) => <Used token={token} /> },
    {
      id: 'revoke',
      head: 'Revoke',
      headHidden: true,
      align: 'right',
      cell: (token) =>
        mayChange &&
        (token.state === 'active' || token.state === 'bound') && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Revoke ${token.name}`}
            onClick={() => end(token)}
          >
            Revoke
          </Button>
        ),
    },
  ]
}

function Name({ token }: { readonly token: ApiToken }) {
  return (
    <div>
      <span className="strong">{token.name}</span> <code>{token.hint}…</code>
      <div className="small tx2">{token.permissions.join(', ')}</div>
    </div>
  )
}

function State({ token }: { readonly token: ApiToken }) {
  const { tone, word } = stateWords[token.state]
  return (
    <div>
      <ToneText tone={tone}>{word}</ToneText>
      <div className="small tx2">
        {token.state === 'bound'
          ? `${token.createdBy} may not do any of it any more`
          : `by ${token.createdBy}, until ${date(token.expiresAt)}`}
      </div>
    </div>
  )
}

function Used({ token }: { readonly token: ApiToken }) {
  if (token.lastUsedAt === null) return <span className="tx2">Never</span>
  return (
    <span>
      <RelativeTime at={token.lastUsedAt} /> from <span className="mono">{token.lastUsedFrom}</span>
    </span>
  )
}

function NewTokenPanel({ may, create }: { readonly may: readonly Permission[] } & Pick<Props, 'create'>) {
  const [permissions, setPermissions] = useState<readonly Permission[]>([])
  const form = useForm({
    initialValues: { name: '', days: 90 },
    validate: { name: required('what uses the token') },
  })
  useFieldErrors(form, create.error)
  return (
    <Panel title="New token">
      <form
        noValidate
        className={stack.stack}
        onSubmit={form.onSubmit(
          ({ name, days }) => create.act({ name, days, permissions: [...permissions] }),
          focusFirstWrong,
        )}
      >
        <div className={stack.pair}>
          <TextInput
            label="What uses it"
            placeholder="Monitoring"
            autoComplete="off"
            maxLength={80}
            {...form.getInputProps('name')}
          />
          <NumberInput
            label="Expires after, in days"
            min={1}
            max={365}
            allowDecimal={false}
            {...form.getInputProps('days')}
          />
        </div>
        <PermissionGrid label="What it may do" value={permissions} may={may} onChange={setPermissions} />
        <p className="small tx2">
          A token never does more than you may yourself: when your role changes, so does what it opens.
        </p>
        {Boolean(create.error) && <ProblemNote error={create.error} focus />}
        {create.made && (
          <SecretNote title={`${create.made.name} is made`} value={create.made.token} copy="Copy token">
            Copy it now: it is shown this once. Send it as “Authorization: Bearer” with each request.
          </SecretNote>
        )}
        <div>
          <Button type="submit" variant="default" loading={create.busy}>
            Make token
          </Button>
        </div>
      </form>
    </Panel>
  )
}
