// Starting other programs without a shell, so that signals, exit codes and odd file names arrive as they are.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { stripVTControlCharacters } from 'node:util'

/** What a shell would report for a program ended by this signal. */
export const exitCodeOf = (code, signal) => code ?? 128 + (constants.signals[signal] ?? 0)

/**
 * Runs a program in the foreground and resolves with its exit code. SIGTERM and SIGHUP are passed on, and
 * SIGINT where no terminal has sent it to the child already; we wait for the child to end by itself.
 */
export function runInForeground(file, args, { cwd, env = process.env } = {}) {
  const child = spawn(file, args, { cwd, env, stdio: 'inherit' })
  const passOn = (signal) => child.kill(signal)
  const onInterrupt = (signal) => {
    // A terminal signals the whole foreground group: passing it on again would look like impatience.
    if (!process.stdin.isTTY) passOn(signal)
  }
  process.on('SIGTERM', passOn).on('SIGHUP', passOn).on('SIGINT', onInterrupt)
  return new Promise((done, failed) => {
    child.once('error', failed)
    child.once('exit', (code, signal) => {
      process.off('SIGTERM', passOn).off('SIGHUP', passOn).off('SIGINT', onInterrupt)
      done(exitCodeOf(code, signal))
    })
  })
}

/** Runs a program to its end and resolves with its exit code and all that it printed, without colours. */
export function capture(file, args, { cwd, env = process.env } = {}) {
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const collect = (chunk) => {
    output += chunk
  }
  child.stdout.setEncoding('utf8').on('data', collect)
  child.stderr.setEncoding('utf8').on('data', collect)
  return new Promise((done) => {
    child.once('error', (error) => done({ code: 127, output: `${output}${error.message}\n` }))
    child.once('close', (code, signal) => {
      done({ code: exitCodeOf(code, signal), output: stripVTControlCharacters(output) })
    })
  })
}
