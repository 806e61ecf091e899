// Stacked bars as a drawing of our own: hairlines at four ticks, 1 px of ground between parts, no animation.
import { useElementSize } from '@mantine/hooks'
import { count } from './format.ts'
import classes from './stacked-bars.module.css'

export type BarPart = { readonly mark: string; readonly value: number }
export type BarRow = { readonly key: string; readonly label: string; readonly parts: readonly BarPart[] }

type Props = {
  readonly rows: readonly BarRow[]
  /** The whole drawing as a sentence. */
  readonly says: string
  /** A label below every so many bars. */
  readonly labelEvery: number
}

const HEIGHT = 190
const FOOT = 24
const LEFT = 44
const TICKS = 3
const GAP_SHARE = 0.24
/** `19 Nov` or `15:00` with room beside it. */
const LABEL_WIDTH = 56

export function StackedBars({ rows, says, labelEvery }: Props) {
  const { ref, width } = useElementSize()
  const most = niceAbove(Math.max(...rows.map(({ parts }) => sumOf(parts)), 1))
  const inner = Math.max(0, width - LEFT)
  const slot = rows.length === 0 ? 0 : inner / rows.length
  // Narrow drawings leave labels out, so that none stands in another.
  const every = labelEvery * Math.max(1, Math.ceil(LABEL_WIDTH / Math.max(1, slot * labelEvery)))
  const toY = (value: number) => HEIGHT - (value / most) * (HEIGHT - 10)
  const ticks = Array.from({ length: TICKS + 1 }, (_, index) => (most / TICKS) * index)
  return (
    <div ref={ref} className={classes.box}>
      {width > 0 && (
        <svg width={width} height={HEIGHT + FOOT} role="img" aria-label={says} className={classes.chart}>
          {ticks.map((tick) => (
            <g key={tick}>
              <line x1={LEFT} x2={width} y1={toY(tick)} y2={toY(tick)} className={classes.line} />
              <text x={LEFT - 10} y={toY(tick) + 4} textAnchor="end">
                {count(tick)}
              </text>
            </g>
          ))}
          {rows.map(({ key, label, parts }, index) => {
            const x = LEFT + index * slot + (slot * GAP_SHARE) / 2
            const wide = slot * (1 - GAP_SHARE)
            return (
              <g key={key}>
                {stack(parts).map(({ mark, from, to }) => (
                  <rect
                    key={mark}
                    x={x}
                    y={toY(to)}
                    width={wide}
                    height={Math.max(1, toY(from) - toY(to) - 1)}
                    data-mark={mark}
                  />
                ))}
                {index % every === 0 && (
                  <text x={x + wide / 2} y={HEIGHT + 18} textAnchor={index === 0 ? 'start' : 'middle'}>
                    {label}
                  </text>
                )}
              </g>
            )
          })}
        </svg>
      )}
    </div>
  )
}

const sumOf = (parts: readonly BarPart[]) => parts.reduce((sum, { value }) => sum + value, 0)

/** Parts that are not empty, each above the one before. */
function stack(parts: readonly BarPart[]): readonly { mark: string; from: number; to: number }[] {
  let from = 0
  return parts.flatMap(({ mark, value }) => {
    if (value === 0) return []
    const part = { mark, from, to: from + value }
    from = part.to
    return [part]
  })
}

/** The next number that parts into whole ticks: 3, 6, 15, 30, 60, 150 … */
export function niceAbove(value: number): number {
  const steps = [1, 2, 5]
  for (let power = 1; ; power *= 10) {
    const found = steps.find((step) => step * power * TICKS >= value)
    if (found !== undefined) return found * power * TICKS
  }
}
