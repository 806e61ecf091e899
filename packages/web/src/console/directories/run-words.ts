// The words for runs and their changes.

import type { Connector, SyncChange, SyncRun } from '@gatepost/contract/directory.ts'
import type { Words } from '#i18n/i18n.ts'
import { count } from '#shared/format.ts'
import type { Tone } from '#shared/vocabulary.ts'

export const runTones: { readonly [State in SyncRun['state']]: Tone } = {
  reading: 'info',
  previewed: 'info',
  applying: 'info',
  done: 'ok',
  refused: 'bad',
  failed: 'bad',
  cancelled: 'mute',
  replaced: 'mute',
}

export const outcomeTones: { readonly [Kind in SyncChange['outcome']]: Tone } = {
  planned: 'mute',
  applied: 'ok',
  skipped: 'warn',
  kept: 'info',
  held: 'warn',
}

export const stateTones: { readonly [State in Connector['state']]: Tone } = {
  new: 'info',
  ok: 'ok',
  error: 'bad',
  disabled: 'mute',
}

export function isRunning(run: SyncRun | null | undefined): boolean {
  return run?.state === 'reading' || run?.state === 'applying'
}

/** "120 new, 3 changed, 2 leaving, 1 removed"; what is none is left out. */
export function summaryOf({ adds, changes, leaving, removals, skipped, held }: SyncRun, t: Words): string {
  const parts = [
    adds > 0 ? t('sum.adds', { count: adds }) : '',
    changes > 0 ? t('sum.changes', { count: changes }) : '',
    leaving > 0 ? t('sum.leaving', { count: leaving }) : '',
    removals > 0 ? t('sum.removals', { count: removals }) : '',
    held > 0 ? t('sum.held', { count: held }) : '',
    skipped > 0 ? t('sum.skipped', { count: skipped }) : '',
  ].filter((part) => part !== '')
  return parts.length === 0 ? t('sum.nothing') : parts.join(', ')
}

/** What a run is doing now. */
export function progressOf(run: SyncRun, t: Words): string {
  if (run.state === 'applying')
    return t('sum.applied', { done: count(run.applied + run.skipped), count: run.planned })
  return run.read === 0 ? t('sum.connecting') : t('sum.read', { count: run.read })
}
