// Every fuzz target there is; a new file in targets/ is named here.
import type { Target } from './target.ts'
import { addresses } from './targets/addresses.ts'
import { archiveLists } from './targets/archive-lists.ts'
import { authenticationResultsField } from './targets/authentication-results.ts'
import { commands } from './targets/commands.ts'
import { contents } from './targets/contents.ts'
import { dataReader } from './targets/data-reader.ts'
import { deliveryReports } from './targets/delivery-reports.ts'
import { dnsAnswers } from './targets/dns-answers.ts'
import { headers } from './targets/headers.ts'
import { outgoingContent } from './targets/outgoing-content.ts'
import { replyParser } from './targets/reply-parser.ts'
import { signatures } from './targets/signatures.ts'
import { proxyHeaders, publishedPolicies } from './targets/told-by-others.ts'
import { uploadedLists, workbooks } from './targets/uploaded-lists.ts'
import { journalReports, reportLetters, winmailDat } from './targets/wrapped-mail.ts'

export const targets: readonly Target[] = [
  addresses,
  archiveLists,
  authenticationResultsField,
  commands,
  contents,
  dataReader,
  deliveryReports,
  dnsAnswers,
  headers,
  journalReports,
  outgoingContent,
  proxyHeaders,
  publishedPolicies,
  replyParser,
  reportLetters,
  signatures,
  uploadedLists,
  winmailDat,
  workbooks,
]
