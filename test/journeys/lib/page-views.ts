// Every page of the console, and what a person does there before it is looked at. Two lanes, which are walked
// at once: what one view changes, those after it in its lane may need.
import { stepNames } from '@gatepost/contract/connect.ts'
import type { Page } from 'playwright-core'
import {
  addTlsPartner,
  changeAutoAllow,
  makeLogin,
  makeToken,
  openChange,
  openFilter,
  openKeys,
  openSearch,
  openSpf,
  openZone,
  searchHits,
  selectQueued,
  selectUsers,
  showTable,
  startOperator,
  startRole,
  switchCloudOn,
  testAlerts,
} from './acts.ts'
import {
  addForwarding,
  askAboutUnknown,
  askWhereIsMail,
  heldPath,
  holdAndPause,
  invitationPath,
  inviteNora,
  lookInside,
  makeKeys,
  messagePath,
  openGroup,
  policyPath,
  previewImport,
  signIn,
  signInWrongly,
  startPolicy,
} from './page-acts.ts'
import { reached, SLUG, type Stage } from './page-stage.ts'

export type View = {
  readonly name: string
  /** Below the console's address, or a whole address. */
  readonly path: string | ((stage: Stage) => string | Promise<string>)
  /** What a person does before the picture. */
  readonly act?: (page: Page, stage: Stage) => Promise<unknown>
  /** What has to be done after it for the views that follow. */
  readonly afterwards?: (page: Page, stage: Stage) => Promise<unknown>
}

const mailViews: readonly View[] = [
  { name: 'sign-in', path: '/sign-in' },
  { name: 'sign-in-wrong', path: '/sign-in', act: signInWrongly },
  { name: 'setup-closed', path: '/setup#token=used', afterwards: signIn },
  { name: 'connect', path: `${SLUG}/connect` },
  ...stepNames.map((step) => ({ name: `step-${step}`, path: `${SLUG}/connect/${step}` })),
  { name: 'dashboard', path: `${SLUG}/dashboard` },
  { name: 'dashboard-table', path: `${SLUG}/dashboard?range=7d`, act: showTable },
  { name: 'messages', path: `${SLUG}/messages` },
  { name: 'messages-no-match', path: `${SLUG}/messages?search=nobody%40far.example&status=held` },
  {
    name: 'messages-filtered',
    path: `${SLUG}/messages?reason=recipient-unknown&recipient=acme.example&time=all`,
  },
  { name: 'messages-filter-open', path: `${SLUG}/messages`, act: openFilter },
  { name: 'ask', path: `${SLUG}/ask` },
  { name: 'ask-answer', path: `${SLUG}/ask`, act: askAboutUnknown },
  {
    name: 'sender-page',
    path: async ({ acme }) => `/r/${(await reached(acme, 'refused')).slice('msg_'.length)}`,
  },
  { name: 'sender-page-unknown', path: '/r/nothing' },
  { name: 'why-delivered', path: (stage) => messagePath(stage, 'delivered') },
  { name: 'why-refused', path: (stage) => messagePath(stage, 'refused') },
  { name: 'why-bounced', path: (stage) => messagePath(stage, 'bounced') },
  { name: 'why-waiting', path: (stage) => messagePath(stage, 'deferred', 'Patience') },
  { name: 'queue', path: `${SLUG}/queue` },
  { name: 'queue-selected', path: `${SLUG}/queue?state=queued`, act: selectQueued },
  { name: 'queue-held', path: `${SLUG}/queue?state=held`, act: holdAndPause },
  { name: 'queue-no-match', path: `${SLUG}/queue?search=nobody%40far.example` },
  { name: 'where', path: `${SLUG}/where` },
  { name: 'where-answer', path: `${SLUG}/where`, act: askWhereIsMail },
  { name: 'held', path: `${SLUG}/held`, act: (page) => page.getByText('Held by a person').first().waitFor() },
  { name: 'held-no-match', path: `${SLUG}/held?search=nobody%40far.example` },
  { name: 'held-message', path: heldPath, act: lookInside },
  { name: 'held-rules', path: `${SLUG}/held-rules` },
  { name: 'archive', path: `${SLUG}/archive` },
  { name: 'archive-settings', path: `${SLUG}/archive/settings` },
  { name: 'digest', path: `${SLUG}/digest` },
  { name: 'spam-lessons', path: `${SLUG}/spam-lessons` },
  { name: 'held-link', path: '/held-link#token=unknown' },
  { name: 'portal', path: '/portal' },
  { name: 'portal-refused', path: '/portal/refused' },
  { name: 'portal-senders', path: '/portal/senders' },
  { name: 'portal-account', path: '/portal/account' },
  { name: 'reset', path: '/reset' },
  { name: 'invitation', path: invitationPath },
  { name: 'invitation-over', path: '/invitation#token=used' },
  { name: 'search', path: `${SLUG}/dashboard`, act: openSearch },
  { name: 'search-hits', path: `${SLUG}/dashboard`, act: searchHits },
  { name: 'keys', path: `${SLUG}/dashboard`, act: openKeys },
  { name: 'not-found', path: '/nowhere' },
  { name: 'api', path: '/docs/api' },
  { name: 'sandbox', path: ({ sandboxUrl }) => sandboxUrl },
]

const settingsViews: readonly View[] = [
  { name: 'policies', path: `${SLUG}/policies` },
  { name: 'policies-no-match', path: `${SLUG}/policies?search=nowhere.example` },
  { name: 'policy-types', path: `${SLUG}/policies/new` },
  { name: 'policy-new', path: `${SLUG}/policies/new?type=anti-spoofing`, act: startPolicy },
  { name: 'policy-attachments', path: `${SLUG}/policies/new?type=attachment-handling` },
  { name: 'policy-virus', path: `${SLUG}/policies/new?type=virus-scanning` },
  { name: 'policy', path: policyPath },
  { name: 'groups', path: `${SLUG}/policies/groups` },
  { name: 'users', path: `${SLUG}/users` },
  { name: 'users-no-match', path: `${SLUG}/users?search=nobody&enabled=no` },
  { name: 'users-selected', path: `${SLUG}/users`, act: selectUsers },
  { name: 'user', path: `${SLUG}/users/ann@acme.example` },
  { name: 'group', path: `${SLUG}/policies/groups`, act: openGroup },
  { name: 'sign-in-profiles', path: `${SLUG}/sign-in` },
  { name: 'sign-in-providers', path: `${SLUG}/sign-in?tab=providers` },
  { name: 'sign-in-passwords', path: `${SLUG}/sign-in?tab=passwords` },
  { name: 'sign-in-accounts', path: `${SLUG}/sign-in?tab=accounts` },
  { name: 'account', path: `${SLUG}/account` },
  { name: 'users-import', path: `${SLUG}/users`, act: previewImport },
  { name: 'directories-empty', path: `${SLUG}/directories` },
  { name: 'directory-new', path: `${SLUG}/directories/new` },
  { name: 'domains', path: `${SLUG}/domains` },
  { name: 'routes', path: `${SLUG}/routes` },
  { name: 'tls', path: `${SLUG}/tls` },
  { name: 'tls-partner', path: `${SLUG}/tls`, act: addTlsPartner },
  { name: 'forwarding-empty', path: `${SLUG}/forwarding` },
  { name: 'outbound', path: `${SLUG}/outbound`, act: makeLogin },
  { name: 'outbound-clouds', path: `${SLUG}/outbound`, act: switchCloudOn },
  { name: 'forwarding', path: `${SLUG}/forwarding`, act: addForwarding },
  { name: 'signing', path: `${SLUG}/signing`, act: makeKeys },
  { name: 'domains-zone', path: `${SLUG}/domains`, act: openZone },
  { name: 'domains-spf', path: `${SLUG}/domains`, act: openSpf },
  { name: 'senders-auto-allow', path: `${SLUG}/senders`, act: changeAutoAllow },
  { name: 'greylisting', path: `${SLUG}/greylisting` },
  { name: 'greylisting-never-retried', path: `${SLUG}/greylisting?list=never-retried` },
  { name: 'forgery', path: `${SLUG}/forgery` },
  { name: 'services', path: `${SLUG}/services` },
  { name: 'audit', path: `${SLUG}/audit`, act: openChange },
  { name: 'audit-no-match', path: `${SLUG}/audit?search=nothing-like-this` },
  { name: 'administrators', path: `${SLUG}/administrators`, act: inviteNora },
  { name: 'roles', path: `${SLUG}/roles` },
  { name: 'role-new', path: `${SLUG}/roles`, act: startRole },
  { name: 'tokens', path: `${SLUG}/tokens`, act: makeToken },
  { name: 'retention', path: `${SLUG}/retention` },
  { name: 'operators', path: '/system/operators' },
  { name: 'operator-invite', path: '/system/operators', act: startOperator },
  { name: 'system-audit', path: '/system/audit' },
  { name: 'system-tokens', path: '/system/tokens' },
  { name: 'settings', path: `${SLUG}/settings` },
  { name: 'alerts', path: `${SLUG}/alerts`, act: testAlerts },
  { name: 'system-alerts', path: '/system/alerts' },
  { name: 'readiness', path: '/system/readiness' },
  { name: 'refusals', path: '/system/refusals' },
  { name: 'organizations', path: '/system/organizations' },
  { name: 'guides', path: `${SLUG}/guides` },
  { name: 'guide', path: `${SLUG}/guides/concepts/message-flow` },
  { name: 'system-overview', path: '/system/overview' },
]

/** A lane whose first views are for nobody in particular signs in by itself. */
export const lanes: readonly {
  readonly name: string
  readonly views: readonly View[]
  readonly signedIn: boolean
}[] = [
  { name: 'mail', views: mailViews, signedIn: false },
  { name: 'settings', views: settingsViews, signedIn: true },
]
