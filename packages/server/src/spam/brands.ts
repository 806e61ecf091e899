// Names that phish borrows and the domains their owners write from, in brands.json: patterns of the name in
// folded text, and first labels of the owner's domains under any ending. Kept by hand; a name missing is no
// sign.
import owners from './brands.json' with { type: 'json' }

type Brand = { readonly pattern: RegExp; readonly labels: ReadonlySet<string> }

const BRANDS: readonly Brand[] = owners.map(({ names, labels }) => ({
  pattern: new RegExp(`(?<![a-z0-9])(${names.join('|')})(?![a-z0-9])`),
  labels: new Set(labels),
}))

/** Labels long enough to mean their brand wherever they stand in a host's name. */
const TELLING_LABELS: readonly string[] = [...new Set(BRANDS.flatMap(({ labels }) => [...labels]))].filter(
  (label) =>
    label.length >= 6 &&
    !/^(office|target|square|square|claro|mailbox|windows|exodus|phantom|stanley|inter|delta|skype)$/.test(
      label,
    ),
)

/** The name shown that belongs to somebody else than the organisation; null without one. */
export function borrowedBrand(foldedName: string, organisation: string): string | null {
  const label = organisation.split('.')[0] ?? ''
  for (const { pattern, labels } of BRANDS) {
    const hit = pattern.exec(foldedName)
    if (hit !== null && !labels.has(label) && hit[0] !== label) return hit[0]
  }
  return null
}

/**
 * A brand's own word inside a host that is not the brand's, such as `paypal-check.example`; null without one.
 */
export function brandInHost(host: string, organisation: string): string | null {
  const ownLabel = organisation.split('.')[0] ?? ''
  const plain = host.replace(/[01]/g, (digit) => (digit === '0' ? 'o' : 'l')).replace(/rn/g, 'm')
  for (const label of TELLING_LABELS) {
    if (!host.includes(label) && !plain.includes(label)) continue
    if (ownLabel === label) continue
    // The brand's own host under a name like `amazonaws.com` is another brand's label.
    if (TELLING_LABELS.includes(ownLabel)) continue
    return label
  }
  return null
}
