// The gateway's own readiness as one line for organisations (U0): they cannot mend it, but they should know.
import type { CheckState } from '@gatepost/contract/common.ts'
import { getHealthLine } from '@gatepost/contract/system.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { plural } from './format.ts'
import { ToneText } from './status-word.tsx'

const AGAIN_MS = 30_000

/** What organisations are told of block lists; nothing while nobody looked. */
const LISTED: { readonly [State in CheckState]?: string } = {
  passed: ' No block list that was asked names its addresses.',
  failed: ' A block list names an address of it: some mail hosts may refuse your mail until that ends.',
  'not-verified': ' Whether block lists name its addresses is not known.',
}

export function GatewayLine() {
  const { data } = useEndpoint(getHealthLine, {}, { refetchInterval: AGAIN_MS })
  if (!data) return null
  const { healthy, total, readinessFailed, blockLists } = data
  const nodes =
    healthy === total ? `${plural(total, 'node')} healthy` : `${healthy} of ${total} nodes healthy`
  const isWell = healthy === total && readinessFailed === 0
  const checks =
    readinessFailed === 0
      ? 'its own checks pass'
      : `${plural(readinessFailed, 'own check')} failed, which the operator sees`
  return (
    <p className="small tx2">
      <ToneText tone={isWell ? 'ok' : 'warn'}>
        {isWell ? 'The gateway is ready' : 'The gateway needs care'}
      </ToneText>
      {`: ${nodes}, ${checks}.`}
      {LISTED[blockLists] ?? ''}
    </p>
  )
}
