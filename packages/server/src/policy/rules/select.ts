// Which rule of a type applies to a message: one, by override, specificity and age (decisions 15).
import type { Fact } from '../facts.ts'
import type { PolicyRule, RuleType } from '../rule.ts'
import type { ClientConditions } from './client-table.ts'
import type { Grid } from './grid.ts'
import type { RuleIndex, Shelf, TypeIndex } from './index.ts'
import { type RuleWorld, type Tiers, tiersOf } from './scope.ts'
import { byPrecedence, type Entry, isValidAt } from './timeline.ts'

/** What rules are selected by. Addresses are address keys (decisions 22). */
export type RuleSubject = {
  readonly clientIp: string
  /** Verified host names of the client (P3). */
  readonly clientNames: Fact<readonly string[]>
  /** Null is the null reverse-path. */
  readonly envelopeFrom: string | null
  /** Authors; null while the header is not here yet, and then no rule looks at it. */
  readonly headerFrom: readonly string[] | null
  readonly to: string
  /** Unix milliseconds. */
  readonly now: number
}

export type RuleSelection<Type extends RuleType = RuleType> = {
  /** The rule that applies, with its option; null when none does. */
  readonly rule: PolicyRule<Type> | null
  /** Which sender address met it; the header's where both did. */
  readonly by: 'envelope' | 'header' | null
  /** That address; null for the null reverse-path and without a rule. */
  readonly sender: string | null
  /**
   * A rule that would come before `rule` if the client had one of its host names, which are not known. The
   * policy says what that means (law 4).
   */
  readonly blindTo: PolicyRule<Type> | null
  /** Rules that would apply without the chosen one, first by precedence first. Made when asked, for Why. */
  beaten(): readonly PolicyRule<Type>[]
}

/** More than these are not named on a page. */
const BEATEN_MAX = 20

const NOBODY: readonly string[] = []
const NONE: RuleSelection<never> = { rule: null, by: null, sender: null, blindTo: null, beaten: () => [] }

type Found = { readonly entry: Entry; readonly by: 'envelope' | 'header'; readonly sender: string | null }
type Search = {
  readonly type: TypeIndex
  readonly world: RuleWorld
  readonly subject: RuleSubject
  readonly conditions: ClientConditions
}

/** Chooses the rule of a type. Pure; costs the same with ten rules and with ten thousand. */
export function selectRule<const Type extends RuleType>(
  index: RuleIndex,
  type: Type,
  subject: RuleSubject,
): RuleSelection<Type> {
  const typeIndex = index.ofType(type)
  if (typeIndex === null) return NONE
  // Subjects are never changed, so the same one gets the same answer.
  if (typeIndex.last?.subject === subject) return typeIndex.last.selection as RuleSelection<Type>
  const selection = searchRule<Type>(typeIndex, index.world, subject)
  typeIndex.last = { subject, selection }
  return selection
}

function searchRule<Type extends RuleType>(
  type: TypeIndex,
  world: RuleWorld,
  subject: RuleSubject,
): RuleSelection<Type> {
  const conditions = type.client.of(subject.clientIp, subject.clientNames)
  const search = { type, world, subject, conditions }
  const found = best(search, conditions.sure)
  const unseen = conditions.blind.length > 0 ? best(search, conditions.blind) : null
  const isBlind = unseen !== null && (found === null || byPrecedence(unseen.entry, found.entry) < 0)
  return {
    rule: (found?.entry.rule ?? null) as PolicyRule<Type> | null,
    by: found?.by ?? null,
    sender: found?.sender ?? null,
    blindTo: (isBlind ? unseen.entry.rule : null) as PolicyRule<Type> | null,
    beaten: () => beaten(search, found?.entry ?? null) as readonly PolicyRule<Type>[],
  }
}

/**
 * What of a recipient can matter to the rules of these types: recipients of one message with equal texts
 * meet the same rules.
 */
export function recipientClass(index: RuleIndex, types: readonly RuleType[], to: string): string {
  const keys = new Set<string>()
  for (const type of types) {
    const typeIndex = index.ofType(type)
    if (typeIndex === null) continue
    for (const grid of gridsOf(typeIndex)) {
      for (const key of tiersOf(index.world, to, grid.kinds.to).flat()) if (grid.hasTo(key)) keys.add(key)
    }
  }
  return [...keys].sort().join('\n')
}

function best(search: Search, conditions: readonly string[]): Found | null {
  return bestOfLayer(search, 'override', conditions) ?? bestOfLayer(search, 'plain', conditions)
}

function bestOfLayer(search: Search, layer: keyof Shelf, conditions: readonly string[]): Found | null {
  const envelope = bestOfEnvelope(search, layer, conditions)
  const header = bestOfHeader(search, layer, conditions)
  // A rule that both addresses meet is met by the header's (behaviour §3.1).
  return envelope === null || (header !== null && precedes(header, envelope)) ? header : envelope
}

/** Equal ones too: the header's value is the one used. */
function precedes(header: Found, envelope: Found): boolean {
  return byPrecedence(header.entry, envelope.entry) <= 0
}

function bestOfEnvelope(search: Search, layer: keyof Shelf, conditions: readonly string[]): Found | null {
  const grid = search.type.envelope[layer]
  if (grid.isEmpty) return null
  const sender = search.subject.envelopeFrom
  const entry = bestOfSender(search, grid, sender, conditions)
  return entry === null ? null : { entry, by: 'envelope', sender }
}

function bestOfHeader(search: Search, layer: keyof Shelf, conditions: readonly string[]): Found | null {
  const grid = search.type.header[layer]
  if (grid.isEmpty) return null
  let found: Found | null = null
  for (const sender of search.subject.headerFrom ?? NOBODY) {
    const entry = bestOfSender(search, grid, sender, conditions)
    if (entry !== null && (found === null || byPrecedence(entry, found.entry) < 0)) {
      found = { entry, by: 'header', sender }
    }
  }
  return found
}

function bestOfSender(
  { world, subject }: Search,
  grid: Grid,
  sender: string | null,
  conditions: readonly string[],
): Entry | null {
  const from = tiersOf(world, sender, grid.kinds.from)
  return grid.best(from, tiersOf(world, subject.to, grid.kinds.to), conditions, subject.now)
}

function sidesOf(world: RuleWorld, grid: Grid, sender: string | null, recipient: string) {
  const from: Tiers = tiersOf(world, sender, grid.kinds.from)
  return { from, to: tiersOf(world, recipient, grid.kinds.to) }
}

function beaten({ type, world, subject, conditions }: Search, chosen: Entry | null): readonly PolicyRule[] {
  const found = new Map<string, Entry>()
  const senders = [
    { sender: subject.envelopeFrom, shelf: type.envelope },
    ...(subject.headerFrom ?? []).map((sender) => ({ sender, shelf: type.header })),
  ]
  for (const { sender, shelf } of senders) {
    for (const grid of [shelf.override, shelf.plain]) {
      const { from, to } = sidesOf(world, grid, sender, subject.to)
      for (const entry of grid.all(from, to, conditions.sure)) {
        const { rule } = entry
        if (rule.id === chosen?.rule.id || !isValidAt(rule, subject.now)) continue
        const known = found.get(rule.id)
        if (known === undefined || byPrecedence(entry, known) < 0) found.set(rule.id, entry)
      }
    }
  }
  return [...found.values()]
    .sort(byPrecedence)
    .slice(0, BEATEN_MAX)
    .map(({ rule }) => rule)
}

function gridsOf({ envelope, header }: TypeIndex): readonly Grid[] {
  return [envelope.override, envelope.plain, header.override, header.plain]
}
