// Well-known services that send for organisations, as data: the domains they sign with or send from. Facts
// only; whether one is trusted is for an administrator.
import type { KnownService } from '@gatepost/contract/service.ts'

const dkim = (
  key: string,
  name: string,
  about: string,
  ...domains: readonly [string, ...string[]]
): KnownService => ({
  key,
  name,
  about,
  identity: 'dkim',
  value: domains[0],
  domains: [...domains],
})

/** By name. */
export const catalogue: readonly KnownService[] = [
  dkim('atlassian', 'Atlassian', 'Jira and Confluence notices', 'atlassian.net', 'am.atlassian.com'),
  dkim('bamboohr', 'BambooHR', 'Personnel', 'bamboohr.com', 'app.bamboohr.com'),
  dkim('docusign', 'DocuSign', 'Signatures', 'docusign.net', 'docusign.com'),
  dkim('dropbox', 'Dropbox', 'Files and signatures', 'dropbox.com', 'dropboxmail.com'),
  dkim('freshdesk', 'Freshdesk', 'Help desk', 'freshdesk.com', 'freshemail.io'),
  dkim('github', 'GitHub', 'Code', 'github.com'),
  dkim('gitlab', 'GitLab', 'Code', 'gitlab.com', 'mg.gitlab.com'),
  dkim(
    'google-calendar',
    'Google Calendar',
    'Invitations',
    'calendar-server.bounces.google.com',
    'google.com',
  ),
  dkim('greenhouse', 'Greenhouse', 'Recruiting', 'greenhouse.io', 'greenhouse-mail.io'),
  dkim('hubspot', 'HubSpot', 'Marketing and sales', 'hubspotemail.net', 'hubspot.com'),
  dkim('knowbe4', 'KnowBe4', 'Training against phishing', 'psm.knowbe4.com', 'knowbe4.com'),
  dkim('mailchimp', 'Mailchimp', 'Newsletters', 'mcsv.net', 'mcdlv.net', 'rsgsv.net', 'mandrillapp.com'),
  dkim('mailgun', 'Mailgun', 'Mail of applications', 'mailgun.org', 'mailgun.net'),
  dkim('mailjet', 'Mailjet', 'Newsletters and mail of applications', 'mailjet.com', 'mjt.lu'),
  dkim(
    'microsoft-forms',
    'Microsoft Forms and Planner',
    'Forms and tasks',
    'microsoft.com',
    'email2.microsoft.com',
  ),
  dkim('monday', 'monday.com', 'Tasks', 'monday.com'),
  dkim('personio', 'Personio', 'Personnel', 'personio.de', 'personio.com'),
  dkim('postmark', 'Postmark', 'Mail of applications', 'mtasv.net', 'postmarkapp.com'),
  dkim('qualtrics', 'Qualtrics', 'Surveys', 'qualtrics-survey.com', 'qemailserver.com', 'qualtrics.com'),
  dkim('salesforce', 'Salesforce', 'Customers', 'salesforce.com', 'exacttarget.com'),
  dkim('sendgrid', 'SendGrid', 'Mail of applications', 'sendgrid.net', 'sendgrid.me'),
  dkim('servicenow', 'ServiceNow', 'Service desk', 'service-now.com', 'servicenow.com'),
  dkim('slack', 'Slack', 'Chat', 'slack.com', 'slackhq.com'),
  {
    key: 'smartsurvey',
    name: 'SmartSurvey',
    about: 'Surveys',
    identity: 'host',
    value: 'ms*.ssmx.net',
    domains: ['ssmx.net', 'smartsurvey.co.uk', 'smartsurvey.com'],
  },
  dkim('surveymonkey', 'SurveyMonkey', 'Surveys', 'surveymonkey.com', 'surveymonkeyuser.com'),
  dkim('trello', 'Trello', 'Tasks', 'trello.com'),
  dkim('workday', 'Workday', 'Personnel', 'myworkday.com', 'workday.com'),
  dkim('xero', 'Xero', 'Invoices', 'post.xero.com', 'xero.com'),
  dkim('zendesk', 'Zendesk', 'Help desk', 'zendesk.com'),
  dkim('zoom', 'Zoom', 'Meetings', 'zoom.us'),
]

/** The service that a domain belongs to; sub-domains count. */
export function knownServiceOf(domain: string): KnownService | null {
  const found = catalogue.find(({ domains }) =>
    domains.some((name) => domain === name || domain.endsWith(`.${name}`)),
  )
  return found ?? null
}
