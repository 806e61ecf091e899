// One step of Connect: why, state, the working part of the step, its checks, and what is safe about it.
import { type Connect, type ConnectStep, StepName } from '@gatepost/contract/connect.ts'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import { NotFoundInside } from '#app/not-found-inside.tsx'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useSaid } from '#i18n/said.ts'
import { Facts } from '#shared/facts.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { StatusWord } from '#shared/status-word.tsx'
import { CheckedLine } from '#shared/time.tsx'
import { LockNote } from './lock-note.tsx'
import { SharePanel } from './share-panel.tsx'
import { SkipLine } from './skip-line.tsx'
import { StepChecks } from './step-checks.tsx'
import { StepHistory } from './step-history.tsx'
import { stepSearchWords, useStepText, useStepTitle } from './step-words.ts'
import { useConnect } from './use-connect.ts'

type BodyProps = {
  readonly connect: Connect
  readonly step: ConnectStep
  /** What stands beside and below every step, for a body that lays the page out itself. */
  readonly aside: ReactNode
  readonly foot: ReactNode
}
type StepBody = (props: BodyProps) => ReactNode

/** The part of each step, which loads when opened. */
const bodies: { readonly [Name in StepName]: StepBody } = {
  'name-organization': lazy(() =>
    import('./steps/name-organization.tsx').then(({ NameOrganization }) => ({ default: NameOrganization })),
  ),
  'validate-domains': lazy(() =>
    import('./steps/validate-domains.tsx').then(({ ValidateDomains }) => ({ default: ValidateDomains })),
  ),
  'synchronize-directory': lazy(() =>
    import('./steps/synchronize-directory.tsx').then(({ SynchronizeDirectory }) => ({
      default: SynchronizeDirectory,
    })),
  ),
  'add-users': lazy(() => import('./steps/add-users.tsx').then(({ AddUsers }) => ({ default: AddUsers }))),
  'user-authentication': lazy(() =>
    import('./steps/user-authentication.tsx').then(({ UserAuthentication }) => ({
      default: UserAuthentication,
    })),
  ),
  'prepare-inbound': lazy(() =>
    import('./steps/prepare-inbound.tsx').then(({ PrepareInbound }) => ({ default: PrepareInbound })),
  ),
  outbound: lazy(() =>
    import('./steps/set-up-outbound.tsx').then(({ SetUpOutbound }) => ({ default: SetUpOutbound })),
  ),
  'import-permitted-senders': lazy(() =>
    import('./steps/import-permitted-senders.tsx').then(({ ImportPermittedSenders }) => ({
      default: ImportPermittedSenders,
    })),
  ),
  'recipient-validation': lazy(() =>
    import('./steps/recipient-validation.tsx').then(({ RecipientValidation }) => ({
      default: RecipientValidation,
    })),
  ),
  'forwarding-addresses': lazy(() =>
    import('#console/forwarding/forwarding-manager.tsx').then(({ ForwardingManager }) => ({
      default: ForwardingManager,
    })),
  ),
  'basic-administrators': lazy(() =>
    import('./steps/basic-administrators.tsx').then(({ BasicAdministrators }) => ({
      default: BasicAdministrators,
    })),
  ),
  'bypass-anti-spoofing': lazy(() =>
    import('#console/spoofing/spoofing-manager.tsx').then(({ SpoofingManager }) => ({
      default: SpoofingManager,
    })),
  ),
  'tls-policies': lazy(() =>
    import('#console/tls/tls-manager.tsx').then(({ TlsManager }) => ({ default: TlsManager })),
  ),
  'secure-inbound': lazy(() =>
    import('./steps/secure-inbound.tsx').then(({ SecureInbound }) => ({ default: SecureInbound })),
  ),
  'firewall-lockdown': lazy(() =>
    import('./steps/secure-inbound.tsx').then(({ SecureInbound }) => ({ default: SecureInbound })),
  ),
  journaling: lazy(() =>
    import('./steps/journaling.tsx').then(({ Journaling }) => ({ default: Journaling })),
  ),
  'modify-mx': lazy(() => import('./steps/modify-mx.tsx').then(({ ModifyMx }) => ({ default: ModifyMx }))),
}

export function StepPage() {
  const { step: name } = useParams({ strict: false })
  const parsed = StepName.safeParse(name)
  if (!parsed.success) return <NotFoundInside />
  return <KnownStep key={parsed.data} name={parsed.data} />
}

function KnownStep({ name }: { readonly name: StepName }) {
  const slug = useSlug()
  const { data: connect, error } = useConnect()
  const step = connect?.steps.find((each) => each.name === name)
  const words = useWords('connect')
  const stepText = useStepText()
  const title = words(`steps.${name}`, step?.title ?? stepSearchWords[name].label)
  const crumb = {
    label: words('title'),
    link: (
      <Link to="/t/$slug/connect" params={{ slug }}>
        {words('title')}
      </Link>
    ),
  }
  return (
    <Page
      title={title}
      crumbs={[crumb]}
      lead={step && stepText(step, 'why')}
      state={step && <StatusWord of="step" state={step.state} pill />}
      width="connect"
    >
      <WayBack steps={connect?.steps ?? []} />
      {error && !connect && <ProblemNote error={error} />}
      {connect && step ? <StepBodyArea connect={connect} step={step} /> : !error && <SkeletonRows />}
    </Page>
  )
}

function StepBodyArea({ connect, step }: { readonly connect: Connect; readonly step: ConnectStep }) {
  const Body = bodies[step.name]
  const aside = (
    <>
      {step.state === 'waiting' && <WaitingAside step={step} />}
      <AboutStep step={step} steps={connect.steps} />
      <SharePanel step={step} />
    </>
  )
  const foot = (
    <>
      <StepChecks step={step} />
      <StepHistory step={step} />
      <SkipLine step={step} />
    </>
  )
  const parts = { connect, step, aside, foot }
  if (step.name === 'modify-mx' && step.state !== 'locked') {
    return (
      <Suspense fallback={<SkeletonRows />}>
        <Body {...parts} />
      </Suspense>
    )
  }
  return (
    <div className={stack.connect}>
      <div className={stack.stack}>
        {step.state === 'locked' && <LockNote step={step} steps={connect.steps} />}
        {step.state !== 'locked' && (
          <Suspense fallback={<SkeletonRows />}>
            <Body {...parts} />
          </Suspense>
        )}
        {foot}
      </div>
      <div className={stack.stack}>{aside}</div>
    </div>
  )
}

function WaitingAside({ step }: { readonly step: ConnectStep }) {
  const words = useWords('connect')
  const say = useSaid()
  const detail = step.detail ? say(step.said?.detail, step.detail) : words('waitsForRecord')
  return (
    <Panel title={words('stepWaiting')}>
      <div className={stack.tight}>
        <p className="tx2">
          {sentence(detail)} {words('mayClose')}
        </p>
        <CheckedLine checkedAt={step.checkedAt} nextCheckAt={step.nextCheckAt} />
      </div>
    </Panel>
  )
}

function sentence(words: string): string {
  return /[.?]$/.test(words) ? words : `${words}.`
}

function AboutStep({ step, steps }: { readonly step: ConnectStep; readonly steps: readonly ConnectStep[] }) {
  const words = useWords('connect')
  const titleOf = useStepTitle(steps)
  const stepText = useStepText()
  const needs = step.needs.map((any) => any.map(titleOf).join(` ${words('or')} `))
  return (
    <Panel title={words('safeToTry')}>
      <Facts
        beside
        rows={[
          [words('facts.what'), stepText(step, 'what')],
          [words('facts.users'), stepText(step, 'changesForUsers')],
          [words('facts.break'), stepText(step, 'couldBreak')],
          [words('facts.undo'), stepText(step, 'undo')],
          [words('facts.takes'), words('minutes', { minutes: step.minutes })],
          [words('facts.path'), words(`requirements.${step.requirement}`)],
          ...(needs.length > 0 ? [[words('facts.needs'), needs.join('; ')] as const] : []),
        ]}
      />
    </Panel>
  )
}

/** When a locked step sent the reader here: the way back to it. */
function WayBack({ steps }: { readonly steps: readonly ConnectStep[] }) {
  const slug = useSlug()
  const { back } = useSearch({ strict: false })
  const words = useWords('connect')
  const titleOf = useStepTitle(steps)
  const parsed = StepName.safeParse(back)
  if (!parsed.success) return null
  return (
    <p className="small">
      <Link to="/t/$slug/connect/$step" params={{ slug, step: parsed.data }}>
        {words('backTo', { title: titleOf(parsed.data) })}
      </Link>
    </p>
  )
}
