// What the gateway says of its own event loops: the worst interval of each process while a test ran. Printed,
// never judged: on a machine that others use, part of the delay is theirs.
import { setTimeout as pause } from 'node:timers/promises'

/** Each edge worker measures every five seconds. */
const READ_MS = 2_500
const SAMPLE = /^gatepost_event_loop_delay_p99_seconds\{([^}]*)\} (\S+)$/gm

/** Reads /metrics until the returned function is called; that one answers with a line for people. */
export function watchLoopDelay(url: string): () => string {
  const worst = new Map<string, number>()
  const ended = new AbortController()
  const { signal } = ended
  const watch = async (): Promise<void> => {
    while (!signal.aborted) {
      const text = await fetch(new URL('/metrics', url), { signal }).then((answer) => answer.text())
      for (const [, labels = '', value] of text.matchAll(SAMPLE)) {
        const slot = /slot="([^"]*)"/.exec(labels)?.[1] ?? labels
        worst.set(slot, Math.max(worst.get(slot) ?? 0, Number(value)))
      }
      await pause(READ_MS, undefined, { signal })
    }
  }
  // A gateway that was killed, or ends, has nothing more to say.
  watch().catch(() => undefined)
  return () => {
    ended.abort()
    const parts = [...worst].map(([slot, seconds]) => `${slot} ${(seconds * 1000).toFixed(1)} ms`)
    return `event-loop delay p99, worst interval of each process: ${parts.join(', ') || 'not told'}`
  }
}
