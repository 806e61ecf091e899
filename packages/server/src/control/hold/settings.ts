// What users may do with their own held mail, by class, and which releases take two people (H3, H6).
import type { BodyOf } from '@gatepost/contract/endpoint.ts'
import type { HeldSettings, setHeldSettings } from '@gatepost/contract/held.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings, requireRevision } from '../settings/settings.ts'
import { type ClassRule, defaultRuleOf, nameOfClass, SHOWN_CLASSES } from './classes.ts'
import { heldSettingsOf, type StoredSettings, writeHeldSettings } from './settings-store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>

export async function getHeldSettings(scope: Scope, { store }: Pick<Deps, 'store'>): Promise<HeldSettings> {
  return shown(await heldSettingsOf(store.db, scope.tenantId))
}

/** Replaces the rules of the classes that are named; others keep theirs. */
export async function setHeldRules(
  scope: Scope,
  input: BodyOf<typeof setHeldSettings> & { readonly expected?: number | null },
  { store, clock, link }: Deps,
): Promise<HeldSettings> {
  const saved = await store.transaction(async (trx) => {
    const before = await heldSettingsOf(trx, scope.tenantId)
    requireRevision(before, input.expected ?? null)
    const rules = new Map(before.rules)
    for (const { class: name, user, needsTwo } of input.classes) rules.set(name, { user, needsTwo })
    const revision = await changeSettings(trx, scope, {
      action: 'held-settings.changed',
      subject: 'rules of held mail',
      before: stateOf(before),
      after: stateOf({ rules, notifyAtOnce: input.notifyAtOnce, revision: 0 }),
      at: clock.now(),
    })
    const after = { rules, notifyAtOnce: input.notifyAtOnce, revision }
    await writeHeldSettings(trx, scope.tenantId, after)
    return after
  })
  link.settingsChanged()
  return shown(saved)
}

/** The rule of a class in an organisation. */
export function ruleOf(settings: StoredSettings, name: string): ClassRule {
  return settings.rules.get(name) ?? defaultRuleOf(name)
}

/** Classes whose release takes two people. */
export function classesForTwo(settings: StoredSettings): readonly string[] {
  const names = new Set([...SHOWN_CLASSES, ...settings.rules.keys()])
  return [...names].filter((name) => ruleOf(settings, name).needsTwo)
}

function shown(settings: StoredSettings): HeldSettings {
  const names = [...new Set([...SHOWN_CLASSES, ...settings.rules.keys()])]
  return {
    classes: names.map((name) => ({ class: name, name: nameOfClass(name), ...ruleOf(settings, name) })),
    notifyAtOnce: settings.notifyAtOnce,
    revision: settings.revision,
  }
}

function stateOf({ rules, notifyAtOnce }: StoredSettings) {
  const words = [...rules].map(([name, { user, needsTwo }]) => {
    return [nameOfClass(name), `users: ${user}${needsTwo ? ', two people' : ''}`] as const
  })
  return { ...Object.fromEntries(words), notifyAtOnce }
}
