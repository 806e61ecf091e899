// Mantine's theme made from the look's tokens: no component brings a grey or an accent of its own.
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const accent: MantineColorsTuple = [
  '#f0f2ff',
  '#dfe3ff',
  '#c6ccfd',
  '#a6b0fc',
  '#8b96f4',
  '#6f7aea',
  '#5863e0',
  '#4650cb',
  '#3a44b8',
  '#2f379a',
]
const gray: MantineColorsTuple = [
  '#f7f8fa',
  '#f1f3f6',
  '#e4e7ec',
  '#d5dae2',
  '#b4bac6',
  '#868e9f',
  '#626b7c',
  '#4d5565',
  '#2b313d',
  '#12151c',
]
const dark: MantineColorsTuple = [
  '#e7e9ee',
  '#b4bac6',
  '#939bab',
  '#6b7486',
  '#323843',
  '#23272f',
  '#16191f',
  '#101216',
  '#0c0e11',
  '#08090b',
]

export const theme = createTheme({
  colors: { accent, gray, dark },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  white: '#ffffff',
  black: '#12151c',
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  defaultRadius: 6,
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Tooltip: { defaultProps: { openDelay: 300, withArrow: false, color: 'dark' } },
    // The head of a dialog is no second banner of the page.
    Modal: { defaultProps: { attributes: { header: { role: 'none' } } } },
    Drawer: { defaultProps: { attributes: { header: { role: 'none' } } } },
    // Menus stay inside the landmark that they belong to; fixed, so that a scrolling sidebar doesn't cut
    // them.
    Menu: {
      defaultProps: {
        shadow: 'none',
        radius: 8,
        withinPortal: false,
        floatingStrategy: 'fixed',
        withInitialFocusPlaceholder: false,
      },
    },
  },
})

export const cssVariablesResolver: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--bg)',
    '--mantine-color-text': 'var(--tx)',
    '--mantine-color-dimmed': 'var(--tx3)',
    '--mantine-color-placeholder': 'var(--tx3)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-default': 'var(--raise)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--tx)',
    '--mantine-color-default-border': 'var(--line2)',
    '--mantine-color-disabled': 'var(--mute-tint)',
    '--mantine-color-disabled-color': 'var(--tx3)',
    '--mantine-primary-color-filled': 'var(--accent-button)',
    '--mantine-primary-color-filled-hover': 'var(--accent-button-hover)',
    '--mantine-color-accent-filled': 'var(--accent-button)',
    '--mantine-color-accent-filled-hover': 'var(--accent-button-hover)',
  }
  return { variables: {}, light: shared, dark: shared }
}

/** Dialogs lock scrolling by a style element whose library reads its nonce from this global (get-nonce). */
export function shareNonce(): void {
  const nonce = styleNonce()
  if (nonce !== '') Object.assign(globalThis, { __webpack_nonce__: nonce })
}

/** The nonce that the server put into the page; empty in development, where no CSP is sent. */
export function styleNonce(): string {
  const nonce = document.querySelector('meta[name="csp-nonce"]')?.getAttribute('content') ?? ''
  return nonce === '__NONCE__' ? '' : nonce
}
