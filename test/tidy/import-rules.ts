// Who may import whom, as data: the walls of docs/internals/architecture.md. A new dependency or folder is a
// line here.

/**
 * Folders of the server by what they may import: other folders, packages of ours (`@mail`), and types alone.
 */
export type FolderRule = { readonly may: readonly string[]; readonly types?: readonly string[] }

/** Composition roots: they put the others together and are imported by nobody but each other. */
export const compositionRoots: ReadonlySet<string> = new Set(['main.ts', 'cli', 'supervisor'])

export const dataPlane: readonly string[] = ['edge', 'delivery', 'facts', 'spool']
export const controlPlane: readonly string[] = ['control', 'http', 'store']

const common = ['@mail', 'platform', 'events']

export const serverFolders: ReadonlyMap<string, FolderRule> = new Map([
  ['platform', { may: ['@mail'] }],
  ['events', { may: ['@mail'], types: ['platform'] }],
  ['boot', { may: ['@mail', 'platform'] }],
  ['policy', { may: ['@mail'] }],
  ['link', { may: [...common, 'policy'] }],
  ['authentication', { may: common, types: ['policy'] }],
  // Scoring is calculation over content; edges score, control learns from what people report.
  ['spam', { may: ['@mail', 'platform', 'policy'] }],
  // Facts are built in the words of policy/facts.ts: `known`, `unknown`.
  ['facts', { may: [...common, 'link', 'authentication', 'policy', 'spam'] }],
  ['spool', { may: [...common, 'link'], types: ['policy'] }],
  ['edge', { may: [...common, 'policy', 'authentication', 'facts', 'link', 'spool'], types: ['boot'] }],
  ['delivery', { may: [...common, 'policy', 'authentication', 'facts', 'link', 'spool'], types: ['boot'] }],
  ['store', { may: ['@mail', 'platform'], types: ['events'] }],
  [
    'control',
    {
      may: [
        ...common,
        '@contract',
        '@directory',
        '@contacts',
        'policy',
        'link',
        'store',
        'authentication',
        'spam',
      ],
      types: ['boot'],
    },
  ],
  ['http', { may: ['@contract', 'control', 'platform', 'events'], types: ['boot', '@mail'] }],
])

/** Our packages by which of our packages they may import. */
export const ownPackages: ReadonlyMap<string, readonly string[]> = new Map([
  ['mail', []],
  ['contract', ['mail']],
  ['directory', ['mail']],
  ['contacts', ['mail']],
  ['contacts-export', ['mail', 'contacts']],
  ['sandbox', ['mail']],
  ['directory-agent', ['mail', 'contract', 'directory']],
  ['server', ['mail', 'contract', 'directory', 'contacts']],
  ['web', ['mail', 'contract']],
])

/** Folders and packages that are calculation alone: no effect, so nothing of Node's either. */
export const pure: RegExp = /^packages\/(mail\/src|contract\/src|server\/src\/policy)\//

/** Where each npm package may appear, and in how many files of a package at most. */
export type PackageRule = { readonly name: RegExp; readonly where: RegExp; readonly filesMax?: number }

const server = (rest: string) => new RegExp(`^packages/server/src/${rest}`)

export const npmPackages: readonly PackageRule[] = [
  { name: /^zod$/, where: /^packages\/(contract\/src|web\/src|server\/src\/(boot|link|http))\// },
  { name: /^kysely$/, where: server('(store/|control/(.+/)?([^/]+-)?store\\.ts$)') },
  { name: /^pg$/, where: server('store/open\\.ts$'), filesMax: 1 },
  { name: /^(hono|@hono\/node-server)$/, where: server('http/') },
  { name: /^mailauth$/, where: server('authentication/'), filesMax: 1 },
  { name: /^dns-packet$/, where: /^packages\/(server\/src\/platform\/dns|sandbox\/src\/)/ },
  { name: /^smol-toml$/, where: server('boot/'), filesMax: 1 },
  { name: /^ldapts$/, where: /^packages\/directory\/src\//, filesMax: 1 },
  { name: /^jose$/, where: /^packages\/directory\/src\//, filesMax: 1 },
  { name: /^openid-client$/, where: server('control/auth/'), filesMax: 1 },
  { name: /^@node-saml\/node-saml$/, where: server('control/auth/'), filesMax: 1 },
  { name: /^otpauth$/, where: server('control/auth/'), filesMax: 1 },
  { name: /^@simplewebauthn\/server$/, where: server('control/auth/'), filesMax: 1 },
  { name: /^@simplewebauthn\/browser$/, where: /^packages\/web\//, filesMax: 1 },
  { name: /^(i18next|react-i18next)$/, where: /^packages\/web\/src\/i18n\//, filesMax: 1 },
  { name: /^uqr$/, where: /^packages\/web\//, filesMax: 1 },
  { name: /^croner$/, where: server('control/'), filesMax: 1 },
  { name: /^imapflow$/, where: /^packages\/contacts\/src\//, filesMax: 1 },
  { name: /^fast-xml-parser$/, where: /^packages\/contacts\/src\//, filesMax: 1 },
  { name: /^@ewsjs\/ntlm-client$/, where: /^packages\/contacts\/src\//, filesMax: 1 },
  { name: /^fflate$/, where: server('(platform|facts)/'), filesMax: 2 },
  { name: /^hucre$/, where: server('control/'), filesMax: 1 },
  { name: /^csv-parse$/, where: server('control/'), filesMax: 1 },
  { name: /^aws4fetch$/, where: server('platform/'), filesMax: 1 },
  { name: /^acme-client$/, where: server('control/certificate/'), filesMax: 1 },
  { name: /^dompurify$/, where: /^packages\/web\//, filesMax: 1 },
  { name: /^tldts$/, where: server('(platform|facts|control)/'), filesMax: 1 },
  {
    name: /^(react|react-dom|@mantine\/.+|@tanstack\/.+|@tabler\/.+|@fontsource-variable\/.+)$/,
    where: /^packages\/web\//,
  },
  { name: /^(vite|vitest|@vitejs\/.+)$/, where: /^packages\/web\/[^/]+\.config\.ts$/ },
]
