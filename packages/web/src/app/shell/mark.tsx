// The mark: a gate with a message passing.
export function Mark({ size = 26 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 26 26" aria-hidden>
      <rect width="26" height="26" rx="6" fill="var(--accent-button)" />
      <path
        d="M8 20V7.5M18 20v-8.5a1.5 1.5 0 0 0-1.5-1.5H8"
        fill="none"
        stroke="#fff"
        strokeWidth="2.2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <circle cx="13" cy="15" r="1.5" fill="#fff" />
    </svg>
  )
}
