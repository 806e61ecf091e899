// Types of what runs inside the page, for the tests that send it there.
export function focusedName(): string
export function leaveField(): void
export function forget(key: string): void
export function deadThings(): readonly string[]
export function countButtons(): number
export function pressButton(which: {
  readonly at: number
  readonly patience: number
}): Promise<{ readonly name: string | null; readonly acts: boolean }>
