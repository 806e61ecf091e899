// What every parser returns, so that hostile input is a value to handle and never an exception to forget.

/**
 * The outcome of reading input: the value, or what is wrong (`fault`, a kebab-case literal) and where
 * (`at`).
 */
export type Parsed<T, Fault extends string = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: Fault; readonly at: number }

/** Wraps a value that was read. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

/** Names a fault and the offset (characters or bytes of the input given) at which it was noticed. */
export function fail<Fault extends string>(
  fault: Fault,
  at = 0,
): { readonly ok: false; readonly fault: Fault; readonly at: number } {
  return { ok: false, fault, at }
}
