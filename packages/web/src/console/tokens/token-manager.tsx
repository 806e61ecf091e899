// API tokens: the list, a new one that is shown once, and revoking. Of an organisation or the installation.

import type { Permission } from '@gatepost/contract/permission.ts'
import type { ApiToken, MadeToken } from '@gatepost/contract/token.ts'
import { Button, NumberInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
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
import { filled, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'

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

const stateTones = { active: 'ok', expired: 'mute', revoked: 'mute', bound: 'warn' } as const

export function TokenManager({ data, error, mayChange, create, revoke }: Props) {
  const t = useWords('roles')
  const confirm = useConfirm()
  const end = async ({ id, name }: ApiToken) => {
    const agreed = await confirm({
      title: t('token.stops', { name }),
      body: t('token.stopsMeans'),
      act: t('token.revokeAct'),
    })
    if (agreed) revoke.act(id)
  }
  const columns = columnsOf(mayChange, end, t)
  return (
    <div className={stack.stack}>
      <Panel title={t('token.title')} flush>
        {Boolean(error ?? revoke.error) && (
          <PanelBody>
            <ProblemNote error={error ?? revoke.error} />
          </PanelBody>
        )}
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <EmptyState title={t('token.none')} icon={IconKey}>
            <p>{t('token.noneMeans')}</p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <DataTable
            label={t('token.list')}
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

function columnsOf(
  mayChange: boolean,
  end: (token: ApiToken) => Promise<void>,
  t: Words,
): readonly Column<ApiToken>[] {
  return [
    { id: 'name', head: t('name'), cell: (token) => <Name token={token} /> },
    { id: 'state', head: t('token.stateHead'), cell: (token) => <State token={token} /> },
    { id: 'used', head: t('token.used'), cell: (token) => <Used token={token} /> },
    {
      id: 'revoke',
      head: t('token.revoke'),
      headHidden: true,
      align: 'right',
      cell: (token) =>
        mayChange &&
        (token.state === 'active' || token.state === 'bound') && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t('token.revokeOne', { name: token.name })}
            onClick={() => end(token)}
          >
            {t('token.revoke')}
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
  const t = useWords('roles')

  return (
    <div>
      <ToneText tone={stateTones[token.state]}>{t(`token.state.${token.state}`)}</ToneText>
      <div className="small tx2">
        {token.state === 'bound'
          ? t('token.mayNot', { name: token.createdBy })
          : t('token.by', { name: token.createdBy, day: date(token.expiresAt) })}
      </div>
    </div>
  )
}

function Used({ token }: { readonly token: ApiToken }) {
  const t = useWords('roles')
  if (token.lastUsedAt === null) return <span className="tx2">{t('token.never')}</span>
  return (
    <span>
      {rich(t, 'token.from', {
        time: <RelativeTime at={token.lastUsedAt} />,
        place: <span className="mono">{token.lastUsedFrom}</span>,
      })}
    </span>
  )
}

function NewTokenPanel({ may, create }: { readonly may: readonly Permission[] } & Pick<Props, 'create'>) {
  const t = useWords('roles')
  const [permissions, setPermissions] = useState<readonly Permission[]>([])
  const form = useForm({
    initialValues: { name: '', days: 90 },
    validate: { name: filled(t('token.write')) },
  })
  useFieldErrors(form, create.error)
  return (
    <Panel title={t('token.new')}>
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
            label={t('token.what')}
            placeholder={t('token.example')}
            autoComplete="off"
            maxLength={80}
            {...form.getInputProps('name')}
          />
          <NumberInput
            label={t('token.days')}
            min={1}
            max={365}
            allowDecimal={false}
            {...form.getInputProps('days')}
          />
        </div>
        <PermissionGrid label={t('token.may')} value={permissions} may={may} onChange={setPermissions} />
        <p className="small tx2">{t('token.never2')}</p>
        {Boolean(create.error) && <ProblemNote error={create.error} focus />}
        {create.made && (
          <SecretNote
            title={t('token.made', { name: create.made.name })}
            value={create.made.token}
            copy={t('token.copy')}
          >
            {t('token.copyNow')}
          </SecretNote>
        )}
        <div>
          <Button type="submit" variant="default" loading={create.busy}>
            {t('token.make')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
