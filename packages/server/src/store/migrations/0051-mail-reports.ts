// Who reported which mail as spam, phish or wanted, by a letter or in the portal, and what came of it.
import type { Migration } from './migration.ts'

export const mailReports: Migration = {
  version: 51,
  name: 'mail-reports',
  statements: ({ text, clustered }) => [
    `create table mail_report (tenant_id ${text} not null, id ${text} not null, at bigint not null,
      mailbox ${text} not null, reporter ${text} not null, kind ${text} not null, way ${text} not null,
      letter ${text}, message_id ${text}, author ${text}, subject ${text}, lesson_id ${text},
      blocked ${text}, outcome ${text} not null, primary key (tenant_id, id)) ${clustered}`,
    'create index mail_report_mailbox on mail_report (tenant_id, mailbox, at)',
    'create index mail_report_letter on mail_report (tenant_id, letter)',
  ],
}
