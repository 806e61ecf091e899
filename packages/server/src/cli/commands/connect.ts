// `connect`: the steps of connecting an organisation, as the console shows them.
import {
  type Connect,
  checkStep,
  getConnect,
  getStepHistory,
  skipStep,
  stepNames,
} from '@gatepost/contract/connect.ts'
import { dropHostReport, getHostCheck, type HostReport } from '@gatepost/contract/host-check.ts'
import { checkLock, getLock, type Lock } from '@gatepost/contract/lock.ts'
import { readText } from '#platform/files.ts'
import { type Command, CommandFailed, type Context, command, oneOf } from '../command.ts'
import { checkedLine, checkList, table } from '../layout.ts'
import { timeOf, wordOf } from '../words.ts'

export const connectCommands: readonly Command[] = [
  command({
    path: 'connect status',
    means: 'All steps with their states. Exit code 1 while a required one is open.',
    run: async (context) => {
      const connect = await context.call(getConnect, { params: { tenant: await context.tenant() } })
      context.show(connect, () => connectText(connect))
      return connect.requiredDone < connect.required ? 1 : 0
    },
  }),
  command({
    path: 'connect check',
    args: ['STEP'],
    means: 'Runs the checks of a step now. Exit code 1 unless it is done.',
    run: check,
  }),
  command({
    path: 'connect skip',
    args: ['STEP'],
    flags: [{ name: 'undo', value: null, means: 'Take the step up again.' }],
    means: 'Skips an optional step, or takes that back.',
    run: skip,
  }),
  command({
    path: 'connect history',
    args: ['STEP'],
    means: 'When each check of a step changed, newest first.',
    run: async ({ call, tenant, arg, show }) => {
      const params = { tenant: await tenant(), step: oneOf(arg(0), stepNames, 'STEP') }
      const { items } = await call(getStepHistory, { params })
      const rows = items.map(({ at, title, state, saw }) => [timeOf(at), wordOf(state), title, saw])
      show({ items }, () => table(['When', 'State', 'Check', 'We saw'], rows, 'Nothing changed yet.\n'))
      return 0
    },
  }),
  command({
    path: 'connect host-script',
    means: 'Prints the script that reads connectors and rules of Exchange Online; it changes nothing there.',
    run: async ({ call, tenant, show }) => {
      const { script } = await call(getHostCheck, { params: { tenant: await tenant() } })
      if (script === null) throw new CommandFailed('Mail is not delivered to Exchange Online.')
      show({ script }, () => `${script}\n`)
      return 0
    },
  }),
  command({
    path: 'connect host-report',
    args: ['FILE'],
    means: 'Takes the report of that script. Exit code 1 while it shows something that has to be mended.',
    run: async ({ call, tenant, arg, show }) => {
      const text = readText(arg(0))?.replace(/^\uFEFF/, '') ?? null
      if (text === null) throw new CommandFailed(`${arg(0)} cannot be read.`)
      const body = parseReport(text)
      const { checks } = await call(dropHostReport, { params: { tenant: await tenant() }, body })
      show({ checks }, () => checkList(checks))
      return checks.some(({ state }) => state === 'failed') ? 1 : 0
    },
  }),
  command({
    path: 'connect lock',
    flags: [{ name: 'check', value: null, means: 'Knock at every mail host now.' }],
    means: 'Whether the mail hosts refuse strangers, and what a lock would stop. Exit code 1 unless all do.',
    run: lock,
  }),
]

function parseReport(text: string): HostReport {
  try {
    return JSON.parse(text) as HostReport
  } catch {
    throw new CommandFailed('The file is not JSON. Give the file that the script wrote.')
  }
}

async function check({ call, tenant, arg, show }: Context): Promise<number> {
  const step = oneOf(arg(0), stepNames, 'STEP')
  const connect = await call(checkStep, { params: { tenant: await tenant(), step } })
  const found = connect.steps.find(({ name }) => name === step)
  show(found ?? connect, () => (found ? stepText(found) : connectText(connect)))
  return found?.state === 'done' ? 0 : 1
}

async function skip({ call, tenant, arg, isSet, show }: Context): Promise<number> {
  const step = oneOf(arg(0), stepNames, 'STEP')
  const params = { tenant: await tenant(), step }
  const connect = await call(skipStep, { params, body: { skipped: !isSet('undo') } })
  const found = connect.steps.find(({ name }) => name === step)
  show(found ?? connect, () => (found ? stepText(found) : connectText(connect)))
  return 0
}

async function lock({ call, tenant, isSet, show }: Context): Promise<number> {
  const params = { tenant: await tenant() }
  const found = await call(isSet('check') ? checkLock : getLock, { params })
  show(found, () => lockText(found))
  return found.hosts.length > 0 && found.hosts.every(({ closedSince }) => closedSince !== null) ? 0 : 1
}

function lockText({ hosts, vantages, addresses, stops }: Lock): string {
  const from = vantages.filter(({ isReady }) => isReady).map(({ name }) => name)
  const knocks = hosts.flatMap(({ host, port, knocks: all }) =>
    all.map((one) => [`${host}:${port}`, one.from.name, one.sender, one.kind, one.stage, one.reply]),
  )
  return [
    from.length === 0
      ? 'Not verified: there is no vantage point (an agent, or network.vantage_addresses).\n'
      : `Knocks come from ${from.join(', ')}.\n`,
    table(
      ['Host', 'Answer to strangers', 'Closed since', 'Checked'],
      hosts.map((one) => [
        `${one.host}:${one.port}`,
        one.isOpenAgain ? 'open again' : one.verdict,
        timeOf(one.closedSince),
        timeOf(one.checkedAt),
      ]),
      'No delivery route yet.\n',
    ),
    table(['Host', 'From', 'Sender', 'Answer', 'At', 'It said'], knocks, ''),
    `Stay allowed: ${addresses.join(', ') || 'the addresses of this gateway'}\n`,
    ...stops.map(({ domain, saw }) => `A lock would refuse mail for ${domain}: ${saw}\n`),
  ].join('')
}

function connectText({ steps, required, requiredDone, minutesLeft, next }: Connect): string {
  const following = steps.find(({ name }) => name === next)
  return [
    `${requiredDone} of ${required} required done, about ${minutesLeft} min left\n\n`,
    table(
      ['Code', 'Step', 'State', 'Detail', 'Requirement'],
      steps.map(({ code, name, state, detail, requirement }) => [
        code,
        name,
        wordOf(state),
        detail,
        requirement,
      ]),
      '',
    ),
    following ? `\nNext: ${following.title} (${following.name})\n` : '',
  ].join('')
}

function stepText(step: Connect['steps'][number]): string {
  const needs = step.lockedBy.length > 0 ? `Needs: ${step.lockedBy.join(', ')}\n` : ''
  return [
    `${step.title}: ${wordOf(step.state)}${step.detail ? `, ${step.detail}` : ''}\n`,
    needs,
    checkedLine(step.checkedAt, step.nextCheckAt),
    checkList(step.checks),
  ].join('')
}
