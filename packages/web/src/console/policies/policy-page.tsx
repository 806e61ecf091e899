// One policy, new or stored: its form, beside it what it meets and what it never skips, below it its history.
import { getPolicy, PolicyDraft, type PolicyWithConflicts } from '@gatepost/contract/policy.ts'
import { Button } from '@mantine/core'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { isProblem } from '#api/problem-error.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { NotFoundInside } from '#app/not-found-inside.tsx'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { HistoryPanel } from './history-panel.tsx'
import classes from './policies.module.css'
import { PolicyForm } from './policy-form.tsx'
import { policyTypes } from './policy-search.ts'
import { PolicyState } from './policy-state.tsx'
import { emptyDraft, typeWord } from './type-words.ts'
import { usePolicyActions } from './use-policy-actions.ts'

export function PolicyPage() {
  const words = useWords('policies')
  const tenant = useSlug()
  const { policy = '' } = useParams({ strict: false })
  const { data, error } = useEndpoint(getPolicy, { params: { tenant, policy } })
  const crumbs = useCrumbs()
  if (isProblem(error, 'not-found')) return <NotFoundInside />
  if (!data) {
    return (
      <Page title={words('policy')} crumbs={crumbs}>
        {error ? <ProblemNote error={error} /> : <SkeletonRows rows={8} />}
      </Page>
    )
  }
  return <Stored found={data} key={data.policy.revision} />
}

function Stored({ found }: { readonly found: PolicyWithConflicts }) {
  const words = useWords('policies')
  const slug = useSlug()
  const { policy } = found
  const may = useMay('policies:write')
  const acts = usePolicyActions(policy)
  const crumbs = useCrumbs()
  const word = typeWord(policy.type, words)
  const mayChange = may && !policy.locked
  return (
    <Page
      title={policy.name}
      crumbs={crumbs}
      state={<PolicyState state={policy.state} />}
      lead={`${word.name}: ${word.does}`}
      actions={
        <>
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/t/$slug/messages"
                params={{ slug }}
                search={{ rule: policy.id, time: 'all' }}
              />
            )}
          >
            {words('act.messages')}
          </Button>
          {mayChange && (
            <>
              <Button variant="default" loading={acts.busy} onClick={() => acts.enable(!policy.enabled)}>
                {words(policy.enabled ? 'act.disable' : 'act.enable')}
              </Button>
              <Button variant="default" onClick={acts.duplicate}>
                {words('act.duplicate')}
              </Button>
              <Button variant="default" onClick={() => void acts.remove()}>
                {words('act.remove')}
              </Button>
            </>
          )}
        </>
      }
    >
      {acts.error && <ProblemNote error={acts.error} />}
      {policy.locked && (
        <Note tone="mute" title={words('locked.title')}>
          <p>{words('locked.text')}</p>
        </Note>
      )}
      <PolicyForm draft={PolicyDraft.parse(policy)} stored={policy} mayChange={mayChange} />
      <HistoryPanel policy={policy.id} />
    </Page>
  )
}

export function NewPolicyPage() {
  const words = useWords('policies')
  const { type, draft } = useSearch({ from: '/console/t/$slug/policies/new' })
  const crumbs = useCrumbs()
  const given = PolicyDraft.safeParse(draft)
  const start = given.success ? given.data : type ? emptyDraft(type) : null
  const word = start && typeWord(start.type, words)
  return (
    <Page title={word?.add ?? words('add')} crumbs={crumbs} lead={word?.does}>
      {start ? <PolicyForm key={start.type} draft={start} stored={null} mayChange /> : <TypeChoice />}
    </Page>
  )
}

function TypeChoice() {
  const words = useWords('policies')
  const slug = useSlug()
  return (
    <ul className={classes.types}>
      {policyTypes.map((type) => (
        <li key={type} className={stack.stack}>
          <Link to="/t/$slug/policies/new" params={{ slug }} search={{ type }} className={classes.link}>
            {typeWord(type, words).name}
          </Link>
          <span className="tx2">{typeWord(type, words).does}</span>
        </li>
      ))}
    </ul>
  )
}

function useCrumbs() {
  const words = useWords('policies')
  const slug = useSlug()
  const link = (
    <Link to="/t/$slug/policies" params={{ slug }}>
      {words('title')}
    </Link>
  )
  return [{ label: words('title'), link }]
}
