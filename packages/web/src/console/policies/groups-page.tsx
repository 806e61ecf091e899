// People › Groups: local lists of addresses, domains and users, and groups that directories keep; policies
// name both.
import {
  type AddressGroup,
  type AddressGroupSummary,
  changeGroupMembers,
  createGroup,
  getGroup,
  listGroupMembers,
  listGroups,
  removeGroup,
  updateGroup,
} from '@gatepost/contract/group.ts'
import { ActionIcon, Button, Modal, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { IconPlus, IconUsersGroup, IconX } from '@tabler/icons-react'
import { Link, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { fieldErrorsOf } from '#api/problem-error.ts'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { count } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { SearchField } from '#shared/search-field.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import classes from './policies.module.css'

const LIMIT = 50
export function GroupsPage() {
  const words = useWords('policies')
  const tenant = useSlug()
  const pages = usePages()
  const may = useMay('policies:write')
  const { group: named } = useSearch({ strict: false }) as { group?: string }
  const [open, setOpen] = useState<string | 'new' | null>(named ?? null)
  const [search, setSearch] = useState('')
  const [origin, setOrigin] = useState<'all' | 'local' | 'directory'>('all')
  const list = useEndpoint(
    listGroups,
    {
      params: { tenant },
      query: {
        limit: LIMIT,
        after: pages.after,
        search: search || undefined,
        origin: origin === 'all' ? undefined : origin,
      },
    },
    { keepPrevious: true },
  )
  const add = may && (
    <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpen('new')}>
      {words('group.add')}
    </Button>
  )
  return (
    <Page title={words('group.title')} lead={words('group.lead')} actions={add}>
      {list.error && <ProblemNote error={list.error} />}
      <div className={classes.frame}>
        <search className={classes.groupTools} aria-label={words('group.filter')}>
          <SearchField
            label={words('group.search')}
            placeholder={words('group.hint')}
            value={search}
            onChange={(value) => {
              pages.reset()
              setSearch(value)
            }}
          />
          <SegmentedControl
            aria-label={words('group.which')}
            value={origin}
            onChange={(value) => {
              pages.reset()
              setOrigin(value as typeof origin)
            }}
            data={[
              { value: 'all', label: words('group.all') },
              { value: 'local', label: words('group.local') },
              { value: 'directory', label: words('group.directory') },
            ]}
          />
        </search>
        {!list.data && !list.error && <SkeletonRows rows={4} />}
        {list.data?.items.length === 0 && (
          <EmptyState
            icon={IconUsersGroup}
            title={words(search || origin !== 'all' ? 'group.noneFound' : 'group.none')}
          >
            <p>{words('group.noneText')}</p>
          </EmptyState>
        )}
        {list.data && list.data.items.length > 0 && (
          <>
            <ul className={classes.groups}>
              {list.data.items.map((group) => (
                <GroupRow key={group.id} group={group} onOpen={() => setOpen(group.id)} />
              ))}
            </ul>
            <PageFoot
              pages={pages}
              next={list.data.next}
              shown={list.data.items.length}
              limit={LIMIT}
              total={list.data.total}
            />
          </>
        )}
      </div>
      <Modal
        opened={open !== null}
        onClose={() => setOpen(null)}
        title={words(open === 'new' ? 'group.add' : 'group.group')}
        closeButtonProps={{ 'aria-label': words('group.close') }}
        size="lg"
        radius={8}
      >
        {open === 'new' && <GroupForm stored={null} onDone={() => setOpen(null)} />}
        {open !== null && open !== 'new' && <StoredGroup id={open} onDone={() => setOpen(null)} />}
      </Modal>
    </Page>
  )
}

function GroupRow({ group, onOpen }: { readonly group: AddressGroupSummary; readonly onOpen: () => void }) {
  const words = useWords('policies')
  const slug = useSlug()
  return (
    <li>
      <div>
        <button type="button" className={classes.linkButton} onClick={onOpen}>
          {group.name}
        </button>
        {group.description && <p className="tx2">{group.description}</p>}
        {group.directory && <p className="tx2">{words('group.keptBy', { directory: group.directory })}</p>}
      </div>
      <span className="tx2">{entriesText(group, words)}</span>
      <span>
        {group.usedBy.length === 0 ? (
          <span className="tx3">{words('group.inNone')}</span>
        ) : (
          <Link to="/t/$slug/policies" params={{ slug }} search={{ group: group.id }}>
            {words('group.inPolicies', {
              count: group.usedBy.length,
              number: count(group.usedBy.length),
            })}
          </Link>
        )}
      </span>
    </li>
  )
}

function StoredGroup({ id, onDone }: { readonly id: string; readonly onDone: () => void }) {
  const words = useWords('policies')
  const tenant = useSlug()
  const { data, error } = useEndpoint(getGroup, { params: { tenant, group: id } })
  if (error) return <ProblemNote error={error} />
  if (!data) return <SkeletonRows rows={4} />
  if (data.origin === 'directory') {
    return (
      <div className={stack.stack}>
        <p className="strong">{data.name}</p>
        {data.description && <p className="tx2">{data.description}</p>}
        <p className="tx2">{words('group.keptText', { directory: data.directory })}</p>
        <UsedBy group={data} />
        <Members group={data} />
      </div>
    )
  }
  return (
    <div className={stack.stack}>
      <GroupForm key={data.revision} stored={data} onDone={onDone} />
      <UsedBy group={data} />
      <Members group={data} />
    </div>
  )
}

type FormProps = {
  readonly stored: {
    readonly id: string
    readonly name: string
    readonly description: string
    readonly addresses: readonly string[]
    readonly domains: readonly string[]
    readonly revision: number
    readonly usedBy: readonly unknown[]
  } | null
  readonly onDone: () => void
}

function GroupForm({ stored, onDone }: FormProps) {
  const words = useWords('policies')
  const tenant = useSlug()
  const may = useMay('policies:write')
  const [name, setName] = useState(stored?.name ?? '')
  const [description, setDescription] = useState(stored?.description ?? '')
  const [entries, setEntries] = useState(
    [...(stored?.addresses ?? []), ...(stored?.domains ?? [])].join('\n'),
  )
  const options = { readAgain: [listGroups, getGroup], onDone }
  const create = useAction(createGroup, options)
  const update = useAction(updateGroup, options)
  const remove = useAction(removeGroup, options)
  const error = create.error ?? update.error ?? remove.error
  const faults = fieldErrorsOf(error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const body = { name, description, ...sorted(entries), reason: '' }
    if (stored === null) create.mutate({ params: { tenant }, body })
    else update.mutate({ params: { tenant, group: stored.id }, body, revision: stored.revision })
  }
  const entryFault = [...faults].find(([path]) => /^(addresses|domains)/.test(path))?.[1]
  return (
    <form noValidate className={stack.stack} onSubmit={submit}>
      <TextInput
        label={words('group.name')}
        value={name}
        error={faults.get('name')}
        disabled={!may}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label={words('group.description')}
        value={description}
        disabled={!may}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <Textarea
        label={words('group.entries')}
        description={words('group.entriesText')}
        autosize
        minRows={6}
        maxRows={16}
        spellCheck={false}
        value={entries}
        error={entryFault}
        disabled={!may}
        onChange={(event) => setEntries(event.currentTarget.value)}
      />
      {error && <ProblemNote error={error} focus />}
      {may && (
        <div className={stack.inline}>
          <Button type="submit" loading={create.isPending || update.isPending} disabled={name.trim() === ''}>
            {words(stored ? 'group.save' : 'group.addGroup')}
          </Button>
          {stored && stored.usedBy.length === 0 && (
            <Button
              variant="default"
              loading={remove.isPending}
              onClick={() => remove.mutate({ params: { tenant, group: stored.id }, query: {} })}
            >
              {words('group.remove')}
            </Button>
          )}
        </div>
      )}
    </form>
  )
}

function entriesText({ memberCount, addressCount, domainCount }: AddressGroupSummary, words: Words): string {
  const parts = [
    memberCount > 0 && words('group.users', { count: memberCount, number: count(memberCount) }),
    addressCount > 0 && words('group.addresses', { count: addressCount, number: count(addressCount) }),
    domainCount > 0 && words('group.domains', { count: domainCount, number: count(domainCount) }),
  ].filter((part) => part !== false)
  return parts.join(', ') || words('group.empty')
}

function UsedBy({ group }: { readonly group: Pick<AddressGroup, 'usedBy'> }) {
  const words = useWords('policies')
  const slug = useSlug()
  if (group.usedBy.length === 0) return <p className="small tx2">{words('group.notNamed')}</p>
  return (
    <p className="small">
      {words('group.namedBy')}{' '}
      {group.usedBy.map(({ id, name }, at) => (
        <span key={id}>
          {at > 0 && ', '}
          <Link to="/t/$slug/policies/$policy" params={{ slug, policy: id }}>
            {name}
          </Link>
        </span>
      ))}
    </p>
  )
}

const MEMBERS_SHOWN = 50

/** Users in a group; those of a local one are put in and taken out here. */
function Members({ group }: { readonly group: AddressGroup }) {
  const words = useWords('policies')
  const tenant = useSlug()
  const may = useMay('users:write') && group.origin !== 'directory'
  const pages = usePages()
  const [address, setAddress] = useState('')
  const params = { tenant, group: group.id }
  const { data, error } = useEndpoint(
    listGroupMembers,
    { params, query: { limit: MEMBERS_SHOWN, after: pages.after } },
    { keepPrevious: true },
  )
  const total = data?.total ?? group.memberCount
  const change = useAction(changeGroupMembers, {
    readAgain: [listGroupMembers, listGroups],
    onDone: () => setAddress(''),
  })
  return (
    <div className={stack.tight}>
      <p className="strong">
        {words('group.inThis', { users: words('group.users', { count: total, number: count(total) }) })}
      </p>
      {error && <ProblemNote error={error} />}
      <ul className={classes.members} aria-label={words('group.usersInThis')}>
        {data?.items.map(({ id, email, name }) => (
          <li key={id}>
            <Link to="/t/$slug/users/$user" params={{ slug: tenant, user: id }}>
              {email}
            </Link>
            <span className="tx2">{name}</span>
            {may && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={words('group.takeOut', { email })}
                onClick={() => change.mutate({ params, body: { remove: [id] } })}
              >
                <IconX size={14} aria-hidden />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      {data && (data.next !== null || pages.index > 0) && (
        <PageFoot
          pages={pages}
          next={data.next}
          shown={data.items.length}
          limit={MEMBERS_SHOWN}
          total={data.total}
          words={[words('group.back'), words('group.more')]}
        />
      )}
      {may && (
        <form
          className={stack.inline}
          onSubmit={(event) => {
            event.preventDefault()
            change.mutate({ params, body: { add: [address.trim()] } })
          }}
        >
          <TextInput
            aria-label={words('group.mainAddress')}
            placeholder={words('group.mainAddress')}
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={change.isPending} disabled={address.trim() === ''}>
            {words('group.putIn')}
          </Button>
        </form>
      )}
      {change.error && <ProblemNote error={change.error} />}
    </div>
  )
}

/** Lines with an at-sign inside are addresses, the others domains. */
function sorted(text: string): { addresses: string[]; domains: string[] } {
  const lines = text
    .split(/[\s,;]+/)
    .map((line) => line.trim().replace(/^@/, ''))
    .filter((line) => line !== '')
  return {
    addresses: lines.filter((line) => line.includes('@')),
    domains: lines.filter((line) => !line.includes('@')),
  }
}
