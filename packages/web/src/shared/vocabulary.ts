// The words for states (look/README): every state has an icon, a colour and a word of its own.
import {
  IconAlertTriangleFilled,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBan,
  IconCircleCheck,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleMinus,
  IconCircleXFilled,
  IconClockPause,
  IconCopyX,
  IconEqualNot,
  IconHandStop,
  IconHourglass,
  IconLoader,
  IconLock,
  IconMinus,
  IconPlayerSkipForward,
  IconProgress,
  IconQuestionMark,
  IconStack2,
  IconTrash,
} from '@tabler/icons-react'

type Icon = typeof IconLock

export type Tone = 'ok' | 'info' | 'warn' | 'bad' | 'hold' | 'mute'

export type Word = { readonly icon: Icon; readonly tone: Tone; readonly word: string }

function say(icon: Icon, tone: Tone, word: string): Word {
  return { icon, tone, word }
}

const vocabulary = {
  step: {
    'not-started': say(IconCircleDashed, 'mute', 'Not started'),
    'in-progress': say(IconProgress, 'info', 'In progress'),
    waiting: say(IconHourglass, 'info', 'Waiting'),
    'needs-attention': say(IconAlertTriangleFilled, 'warn', 'Needs attention'),
    done: say(IconCircleCheckFilled, 'ok', 'Done'),
    skipped: say(IconPlayerSkipForward, 'mute', 'Skipped'),
    locked: say(IconLock, 'mute', 'Locked'),
  },
  message: {
    accepted: say(IconArrowForwardUp, 'info', 'Accepted'),
    delivered: say(IconCircleCheck, 'ok', 'Delivered'),
    queued: say(IconStack2, 'info', 'Queued'),
    deferred: say(IconClockPause, 'warn', 'Deferred'),
    held: say(IconHandStop, 'hold', 'Held'),
    refused: say(IconBan, 'bad', 'Refused'),
    bounced: say(IconArrowBackUp, 'bad', 'Bounced'),
    discarded: say(IconTrash, 'mute', 'Discarded'),
  },
  check: {
    passed: say(IconCircleCheckFilled, 'ok', 'Passed'),
    failed: say(IconCircleXFilled, 'bad', 'Failed'),
    warning: say(IconAlertTriangleFilled, 'warn', 'Warning'),
    running: say(IconLoader, 'info', 'Running'),
    'not-run': say(IconCircleDashed, 'mute', 'Not run'),
    'not-verified': say(IconQuestionMark, 'mute', 'Not verified'),
    'not-required': say(IconCircleMinus, 'mute', 'Not required'),
  },
  record: {
    found: say(IconCircleCheckFilled, 'ok', 'Found'),
    'not-found-yet': say(IconHourglass, 'info', 'Not found yet'),
    'old-value-cached': say(IconHourglass, 'info', 'Old value cached'),
    'different-value': say(IconEqualNot, 'warn', 'Different value'),
    duplicate: say(IconCopyX, 'warn', 'Duplicate'),
    conflict: say(IconCopyX, 'warn', 'Conflict'),
    'temporary-failure': say(IconClockPause, 'warn', 'Temporary failure'),
    'not-required': say(IconCircleMinus, 'mute', 'Not required'),
  },
  domain: {
    pending: say(IconHourglass, 'info', 'Waiting'),
    validated: say(IconCircleCheckFilled, 'ok', 'Validated'),
    'temporarily-failing': say(IconAlertTriangleFilled, 'warn', 'Record not seen'),
    expired: say(IconClockPause, 'mute', 'Expired'),
    lost: say(IconArrowForwardUp, 'warn', 'Lost'),
  },
  certificate: {
    valid: say(IconCircleCheckFilled, 'ok', 'Valid'),
    waiting: say(IconHourglass, 'info', 'Waiting'),
    failing: say(IconAlertTriangleFilled, 'warn', 'Not renewed'),
    expiring: say(IconClockPause, 'warn', 'Ends soon'),
    expired: say(IconCircleXFilled, 'bad', 'Over'),
    'self-made': say(IconCircleMinus, 'mute', 'Self-made'),
    unreadable: say(IconCircleXFilled, 'bad', 'Not readable'),
  },
  alert: {
    critical: say(IconCircleXFilled, 'bad', 'Critical'),
    warning: say(IconAlertTriangleFilled, 'warn', 'Warning'),
    open: say(IconAlertTriangleFilled, 'warn', 'Open'),
    acknowledged: say(IconProgress, 'info', 'Acknowledged'),
    muted: say(IconClockPause, 'mute', 'Muted'),
    cleared: say(IconCircleCheckFilled, 'ok', 'Over'),
  },
  send: {
    waiting: say(IconHourglass, 'info', 'On its way'),
    sent: say(IconCircleCheck, 'ok', 'Sent'),
    failed: say(IconCircleXFilled, 'bad', 'Failed'),
    dropped: say(IconCircleMinus, 'mute', 'Not needed'),
  },
  signing: {
    signed: say(IconCircleCheckFilled, 'ok', 'Signed'),
    waiting: say(IconHourglass, 'info', 'Waiting for records'),
    attention: say(IconAlertTriangleFilled, 'warn', 'Needs attention'),
    off: say(IconCircleMinus, 'mute', 'Off'),
    unsigned: say(IconCircleDashed, 'mute', 'Not signed'),
  },
  signingKey: {
    pending: say(IconHourglass, 'info', 'Waiting for its record'),
    seen: say(IconProgress, 'info', 'Seen'),
    active: say(IconCircleCheckFilled, 'ok', 'Signs'),
    retiring: say(IconClockPause, 'mute', 'Retiring'),
    gone: say(IconCircleMinus, 'mute', 'Gone'),
  },
  policy: {
    continue: say(IconCircleCheck, 'ok', 'Continue'),
    'not-matched': say(IconMinus, 'mute', 'Not matched'),
    'not-asked': say(IconCircleDashed, 'mute', 'Not asked'),
    waive: say(IconCircleCheck, 'ok', 'Permitted'),
    waived: say(IconPlayerSkipForward, 'mute', 'Skipped'),
    'blind-continue': say(IconQuestionMark, 'warn', 'Unknown, continue'),
    'blind-defer': say(IconQuestionMark, 'warn', 'Unknown, deferred'),
    hold: say(IconHandStop, 'hold', 'Held'),
    defer: say(IconClockPause, 'warn', 'Deferred'),
    reject: say(IconBan, 'bad', 'Refused'),
  },
} as const satisfies { readonly [family: string]: { readonly [state: string]: Word } }

export type Family = keyof typeof vocabulary
export const families = Object.keys(vocabulary) as readonly Family[]
export type StateOf<F extends Family> = keyof (typeof vocabulary)[F] & string

/** The word of a state. A state this console is too old for is shown as it came. */
export function wordOf(family: Family, state: string): Word {
  const words: { readonly [state: string]: Word } = vocabulary[family]
  return Object.hasOwn(words, state) && words[state] ? words[state] : say(IconQuestionMark, 'mute', state)
}

/** All states of a family, in the order of the look. */
export function statesOf<F extends Family>(family: F): readonly StateOf<F>[] {
  return Object.keys(vocabulary[family]) as StateOf<F>[]
}
