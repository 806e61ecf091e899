// The task list: groups with their steps, each with icon and word of its state; optional steps are folded.
import type { Connect, ConnectStep } from '@gatepost/contract/connect.ts'
import { IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useSaid } from '#i18n/said.ts'
import { ProgressSegments } from '#shared/progress-segments.tsx'
import { StatusIcon, ToneText } from '#shared/status-word.tsx'
import { wordOf } from '#shared/vocabulary.ts'
import classes from './connect.module.css'
import { leftOf } from './left.ts'
import { detailOf, groupWords } from './step-words.ts'

const openGroups = ['start', 'identity', 'mail-flow', 'after-cut-over'] as const

export function TaskList({ connect, bare }: { readonly connect: Connect; readonly bare?: boolean }) {
  const slug = useSlug()
  const words = useWords('connect')
  const listed = connect.steps.filter(({ requirement }) => requirement !== 'not-required')
  const optional = listed.filter(({ group }) => group === 'optional')
  const notRequired = connect.steps.filter(({ requirement }) => requirement === 'not-required')
  return (
    <nav aria-label={words('stepList')} className={classes.tasks}>
      {!bare && (
        <>
          <div className={classes.tasksHead}>
            <Link to="/t/$slug/connect" params={{ slug }} className={classes.tasksTitle}>
              {words('title')}
            </Link>
            <Link to="/t/$slug/connect/$step" params={{ slug, step: 'name-organization' }} className="small">
              {words(`environments.${connect.environment}`)}
            </Link>
          </div>
          <Progress connect={connect} />
        </>
      )}
      {openGroups.map((group) => (
        <Group
          key={group}
          name={words(`groups.${group}`, groupWords[group])}
          steps={listed.filter((step) => step.group === group)}
        />
      ))}
      {optional.length > 0 && (
        <details className={classes.fold}>
          <summary>
            <IconChevronRight size={16} aria-hidden />
            {words('optionalSteps', { count: optional.length })}
          </summary>
          <Tasks steps={optional} />
        </details>
      )}
      {notRequired.map(({ name, title }) => (
        <p key={name} className={classes.aside}>
          <Link to="/t/$slug/connect/$step" params={{ slug, step: name }}>
            {words(`steps.${name}`, title)}
          </Link>{' '}
          {words('isNotRequired', { environment: words(`environments.${connect.environment}`) })}
        </p>
      ))}
    </nav>
  )
}

export function Progress({ connect }: { readonly connect: Connect }) {
  const { required, requiredDone } = connect
  const words = useWords('connect')
  const { minutes } = leftOf(connect)
  return (
    <div className={classes.progress}>
      <div className={classes.progressWords}>
        <span>{words('requiredDone', { done: requiredDone, total: required })}</span>
        {minutes > 0 && <span className="tx3">{words('aboutMinutes', { minutes })}</span>}
      </div>
      <ProgressSegments done={requiredDone} total={required} />
    </div>
  )
}

function Group({ name, steps }: { readonly name: string; readonly steps: readonly ConnectStep[] }) {
  if (steps.length === 0) return null
  return (
    <>
      <p className={classes.group}>{name}</p>
      <Tasks steps={steps} />
    </>
  )
}

function Tasks({ steps }: { readonly steps: readonly ConnectStep[] }) {
  const slug = useSlug()
  const words = useWords('connect')
  const say = useSaid()
  return (
    <ul className={classes.list}>
      {steps.map((step) => {
        const { tone, word } = wordOf('step', step.state)
        return (
          <li key={step.name}>
            <Link
              to="/t/$slug/connect/$step"
              params={{ slug, step: step.name }}
              className={classes.task}
              data-state={step.state}
            >
              <StatusIcon of="step" state={step.state} />
              <span className={classes.taskWords}>
                <span className={classes.taskTitle}>{words(`steps.${step.name}`, step.title)}</span>
                <span className="small tx3">
                  <ToneText tone={tone}>{words(`states.${step.state}`, word)}</ToneText>
                  {` · ${detailOf(step, words, say)}`}
                </span>
              </span>
            </Link>
          </li>
        )
      })}
    </ul>
  )
}
