// Address groups: lists of addresses and domains that policies name on either side.
import {
  type AddressGroupSummary,
  createGroup,
  getGroup,
  listGroups,
  removeGroup,
  updateGroup,
} from '@gatepost/contract/group.ts'
import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { IconPlus, IconUsersGroup } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { fieldErrorsOf } from '#api/problem-error.ts'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { plural } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import classes from './policies.module.css'

const LIMIT = 50

export function GroupsPage() {
  const tenant = useSlug()
  const pages = usePages()
  const may = useMay('policies:write')
  const [open, setOpen] = useState<string | 'new' | null>(null)
  const list = useEndpoint(
    listGroups,
    { params: { tenant }, query: { limit: LIMIT, after: pages.after } },
    { keepPrevious: true },
  )
  const crumb = {
    label: 'Policies',
    link: (
      <Link to="/t/$slug/policies" params={{ slug: tenant }}>
        Policies
      </Link>
    ),
  }
  const add = may && (
    <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpen('new')}>
      Add an address group
    </Button>
  )
  return (
    <Page
      title="Address groups"
      crumbs={[crumb]}
      lead="A list of addresses and domains that policies name. A change here is live for all of them within a second."
      actions={add}
    >
      {list.error && <ProblemNote error={list.error} />}
      <div className={classes.frame}>
        {!list.data && !list.error && <SkeletonRows rows={4} />}
        {list.data?.items.length === 0 && (
          <EmptyState icon={IconUsersGroup} title="No address group yet">
            <p>
              Put the senders that one policy should cover into a group, such as your suppliers, and name the
              group in the policy.
            </p>
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
        title={open === 'new' ? 'Add an address group' : 'Address group'}
        closeButtonProps={{ 'aria-label': 'Close' }}
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
  const slug = useSlug()
  return (
    <li>
      <div>
        <button type="button" className={classes.linkButton} onClick={onOpen}>
          {group.name}
        </button>
        {group.description && <p className="tx2">{group.description}</p>}
      </div>
      <span className="tx2">
        {`${plural(group.addressCount, 'address', 'addresses')}, ${plural(group.domainCount, 'domain')}`}
      </span>
      <span>
        {group.usedBy.length === 0 ? (
          <span className="tx3">in no policy</span>
        ) : (
          <Link to="/t/$slug/policies" params={{ slug }} search={{ group: group.id }}>
            {`in ${plural(group.usedBy.length, 'policy', 'policies')}`}
          </Link>
        )}
      </span>
    </li>
  )
}

function StoredGroup({ id, onDone }: { readonly id: string; readonly onDone: () => void }) {
  const tenant = useSlug()
  const { data, error } = useEndpoint(getGroup, { params: { tenant, group: id } })
  if (error) return <ProblemNote error={error} />
  if (!data) return <SkeletonRows rows={4} />
  return <GroupForm key={data.revision} stored={data} onDone={onDone} />
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
        label="Name"
        value={name}
        error={faults.get('name')}
        disabled={!may}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label="Description"
        value={description}
        disabled={!may}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <Textarea
        label="Addresses and domains"
        description="One a line. A domain stands for itself and its sub-domains."
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
            {stored ? 'Save and apply' : 'Add address group'}
          </Button>
          {stored && stored.usedBy.length === 0 && (
            <Button
              variant="default"
              loading={remove.isPending}
              onClick={() => remove.mutate({ params: { tenant, group: stored.id }, query: {} })}
            >
              Remove
            </Button>
          )}
        </div>
      )}
    </form>
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
