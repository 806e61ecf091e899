// `connect`: the steps of connecting an organisation, as the console shows them.
import { type Connect, checkStep, getConnect, skipStep, stepNames } from '@gatepost/contract/connect.ts'
import { type Command, type Context, command, oneOf } from '../command.ts'
import { checkedLine, checkList, table } from '../layout.ts'
import { wordOf } from '../words.ts'

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
]

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
