// Splits the smart host that the server names into host and ports, whichever way it is written.
import type { Outbound } from '@gatepost/contract/route.ts'

export function smartHostOf(outbound: Pick<Outbound, 'smartHost' | 'smartHostPorts'>): {
  readonly host: string
  readonly ports: readonly number[]
} {
  const match = /^(.*):(\d+)$/.exec(outbound.smartHost)
  const named = match?.[2] === undefined ? [] : [Number(match[2])]
  return {
    host: match?.[1] ?? outbound.smartHost,
    ports: [...new Set([...named, ...outbound.smartHostPorts])],
  }
}
