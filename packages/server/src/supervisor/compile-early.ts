// An edge does the same few hundred things all day: its functions are compiled well early on.
import v8 from 'node:v8'

/**
 * Calls after which V8 compiles a function better, a fifth to two fifths of its own choice (400, 3,000, 500):
 * with V8's own values most of them are compiled only behind the first 15,000 messages. For edges alone:
 * control does much once.
 */
const COMPILE_EARLY = [
  '--invocation-count-for-maglev=150',
  '--invocation-count-for-turbofan=600',
  '--minimum-invocations-after-ic-update=200',
] as const

/**
 * From here on, in all threads of this process. Called when everything has started: under flags other than
 * those that Node was built with, each thread compiles Node's own modules anew instead of taking their code.
 */
export function compileEarly(): void {
  for (const flag of COMPILE_EARLY) v8.setFlagsFromString(flag)
}
