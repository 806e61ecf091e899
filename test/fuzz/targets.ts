// Every fuzz target there is; a new file in targets/ is named here.
import type { Target } from './target.ts'
import { addresses } from './targets/addresses.ts'
import { authenticationResultsField } from './targets/authentication-results.ts'
import { commands } from './targets/commands.ts'
import { contents } from './targets/contents.ts'
import { dataReader } from './targets/data-reader.ts'
import { deliveryReports } from './targets/delivery-reports.ts'
import { headers } from './targets/headers.ts'
import { outgoingContent } from './targets/outgoing-content.ts'
import { replyParser } from './targets/reply-parser.ts'
import { signatures } from './targets/signatures.ts'

export const targets: readonly Target[] = [
  addresses,
  authenticationResultsField,
  commands,
  contents,
  dataReader,
  deliveryReports,
  headers,
  outgoingContent,
  replyParser,
  signatures,
]
