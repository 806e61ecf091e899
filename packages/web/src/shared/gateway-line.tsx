// The gateway's own readiness as one line for organisations (U0): they cannot mend it, but they should know.
import type { CheckState } from '@gatepost/contract/common.ts'
import { getHealthLine } from '@gatepost/contract/system.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useWords } from '#i18n/i18n.ts'
import { ToneText } from './status-word.tsx'

const AGAIN_MS = 30_000

/** What organisations are told of block lists; nothing while nobody looked. */
const LISTED: { readonly [State in CheckState]?: string } = {
  passed: 'passed',
  failed: 'failed',
  'not-verified': 'unknown',
}

export function GatewayLine() {
  const t = useWords('settings')
  const { data } = useEndpoint(getHealthLine, {}, { refetchInterval: AGAIN_MS })
  if (!data) return null
  const { healthy, total, readinessFailed, blockLists } = data
  const nodes =
    healthy === total ? t('gateway.healthy', { count: total }) : t('gateway.someHealthy', { healthy, total })
  const isWell = healthy === total && readinessFailed === 0
  const checks =
    readinessFailed === 0 ? t('gateway.checksPass') : t('gateway.checksFailed', { count: readinessFailed })
  const lists = LISTED[blockLists]
  return (
    <p className="small tx2">
      <ToneText tone={isWell ? 'ok' : 'warn'}>{isWell ? t('gateway.ready') : t('gateway.care')}</ToneText>
      {`: ${nodes}, ${checks}.`}
      {lists && t(`gateway.lists.${lists}`)}
    </p>
  )
}
