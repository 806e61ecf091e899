// The closed list of reasons: each says in one sentence what a policy saw. docs/reference/policies.md is
// made from it.

export const reasons = {
  'policy-not-asked': 'An earlier policy settled the matter before this one was asked.',
  'fact-unavailable': 'A fact this policy needs could not be had; the policy says what that means.',
  'sent-by-tenant':
    'The client address is authorised and the reverse-path belongs to the same tenant: outbound.',
  'for-validated-domain': 'The recipient’s domain is validated here: inbound.',
  'null-reverse-path-of-host':
    'A null reverse-path from an authorised address: judged by the author domain at the end.',
  'sender-not-counted': 'Mail from outside is not counted by sender.',
  'sender-within-limit': 'The author wrote to no more recipients this hour than allowed.',
  'sender-over-limit': 'The author reached the limit of recipients an hour: the mail host tries again later.',
  'sender-suspected':
    'This sender sent far more than it used to: slowed down or held until an administrator releases it.',
  'forwarded-to': 'The recipient is a forwarding address: its mail goes to another one.',
  'bounce-returned': 'A report about mail that we forwarded: it goes back to the one who sent that.',
  'bounce-of-forwarded': 'The recipient is a reverse-path that we made for mail we forwarded.',
  'forwarding-loop': 'The message was forwarded by this forwarding address before: a mail loop.',
  'proof-pending':
    'The client belongs to a cloud that many organisations share: the content has to prove whose mail it is.',
  'forward-pending':
    'An authorised host with a reverse-path of somebody else: the content has to show that it was passed on.',
  'cloud-without-proof':
    'A message from a shared cloud proves no organisation: neither tenant header, secret nor signature.',
  'taken-as-inbound':
    'A message from a shared cloud proves no organisation; it is for its recipients’ domain, so it is judged as mail from outside.',
  'forwarded-by-host': 'The tenant’s own host passed on a message of somebody else.',
  'address-not-authorized':
    'The client address is not authorised to relay, and the recipient’s domain is not ours.',
  'domain-not-validated': 'The client address is authorised, but the reverse-path’s domain is not validated.',
  'author-domain-not-validated':
    'A message with a null reverse-path names an author domain that is not validated.',
  'author-of-other-tenant': 'The author domain belongs to another tenant of this gateway.',
  'author-is-tenant': 'The author domain belongs to the tenant that authorised the client address.',
  'not-relayed': 'The message is not a null-reverse-path relay, so the author domain is not judged here.',
  'no-secure-receipt-rule': 'No rule asks for TLS from this sender.',
  'tls-used': 'A rule asks for TLS from this sender, and the client uses it.',
  'tls-missing':
    'A rule asks for TLS from this sender, and the client does without or uses an older version.',
  'tls-not-asked': 'A rule asks for TLS from this sender; whether the client would use it is not known.',
  'accept-all': 'The domain accepts every recipient.',
  'recipient-known': 'The recipient is listed.',
  'recipient-not-in-directory': 'The recipient is known, but no directory names it.',
  'recipient-confirmed': 'The mail host takes the recipient.',
  'recipient-refused-by-host': 'The mail host says that there is no such recipient.',
  'host-silent': 'The mail host does not say whether the recipient exists.',
  'recipient-learning': 'The recipient is not listed; the domain is learning and takes everybody.',
  'learning-ended': 'The recipient is not listed, and the time of learning is over: it waits for a decision.',
  'recipient-unknown': 'The recipient is not listed for this domain.',
  'postmaster-always': 'postmaster and abuse are always accepted (RFC 5321 §4.5.1, RFC 2142).',
  'outbound-not-validated': 'Recipients of outbound mail outside the tenant are not validated.',
  'hops-within-limit': 'The number of Received fields is within the limit.',
  'too-many-hops': 'More Received fields than the limit: a mail loop (RFC 5321 §6.3).',
  'own-loop': 'The message passed this gateway too often: a mail loop.',
  'authentication-evaluated': 'SPF, DKIM and DMARC were evaluated; no rule asks for anything.',
  'authentication-not-acted-on': 'A rule is about the results of authentication and asks for nothing here.',
  'dmarc-undecided':
    'A look-up failed that may still prove the author, whose failure would not be let in: the client comes again.',
  'authentication-unavailable':
    'A look-up for SPF, DKIM or DMARC failed: nobody knows, so nothing is refused for it.',
  'dmarc-failed':
    'Neither SPF nor a signature is aligned with the author, and its domain has a DMARC policy.',
  'dmarc-vouched-by-seal':
    'DMARC fails here, but a forwarder whose ARC seals are believed saw it pass before the message was changed.',
  'spf-failed': 'The envelope sender’s domain says that this client may not send for it (SPF).',
  'dkim-failed': 'A signature does not fit the message, and no other vouches for it (DKIM).',
  'no-authentication-found': 'Neither SPF, DKIM nor DMARC says anything about the sender.',
  'outbound-not-authenticated': 'Outbound mail is the tenant’s own: its authentication is not judged.',
  'sender-not-internal': 'Neither envelope nor author name an address of the organisation.',
  'outbound-not-spoofed': 'Outbound mail is the tenant’s own: its sender is judged by the relay rule.',
  'sent-by-own-host': 'An internal sender from an authorised address of the organisation itself.',
  'no-spoofing-rule': 'An internal sender from outside, and no anti-spoofing rule is about it.',
  'spoofing-exempt': 'An internal sender from outside that a rule exempts.',
  'spoofing-aligned': 'An internal sender from outside that DKIM or SPF of its own domain vouches for.',
  'spoofing-spf-listed':
    'An internal sender from outside; the client is in the SPF record of a listed domain.',
  'spoofing-dkim-listed': 'An internal sender from outside; a listed domain signed the message validly.',
  'spoofing-reported': 'An internal sender from outside without proof; the rule only reports.',
  'no-impersonation': 'The author shows no address, name or domain of the organisation.',
  'no-display-name-rule': 'The author passes for somebody of the organisation, and no rule is about it.',
  'display-name-exempt': 'The author passes for somebody of the organisation; a rule takes no action.',
  'display-name-tagged': 'The author passes for somebody of the organisation; the message is tagged.',
  'display-name-held': 'The author passes for somebody of the organisation without proof of who it is.',
  'display-name-refused': 'The author passes for somebody of the organisation; a rule refuses it.',
  'author-not-verified':
    'The author passes for somebody of the organisation, and its authentication could not be looked up.',
  'spoofing-judged-later':
    'An internal envelope sender from outside; the content is judged before it is refused.',
  'spoofing-proof-unknown':
    'An internal sender from outside; what could vouch for it could not be looked up.',
  'client-names-unknown': 'A rule asks for a host name of the client, and its names could not be looked up.',
  spoofing: 'An internal sender from outside without proof.',
  'greylist-outbound': 'Greylisting is for mail from outside.',
  'greylist-not-applied': 'No greylisting rule applies, or the one that does says: no action.',
  'greylist-null-reverse-path':
    'A null reverse-path is judged when its content is here, so that call-outs are not deferred.',
  'greylist-judged-at-rcpt': 'Mail with a reverse-path was judged at RCPT.',
  'greylist-unknown': 'What the sender is recognised by could not be found out, so it is not delayed.',
  'greylist-first-contact': 'This sender is not known here: it is asked to come again (RFC 6647).',
  'greylist-retried-too-soon': 'The sender came again before the minimum delay was over.',
  'greylist-retried': 'The sender came again as real mail servers do, and is known from now on.',
  'greylist-passed-before': 'The sender passed before and was not forgotten.',
  'greylist-observed': 'It would have been deferred; the rule only observes.',
  'greylist-observed-before': 'It would have been deferred at an earlier message; the rule only observes.',
  'outbound-not-blocked': 'Outbound mail is the tenant’s own: blocked senders are for mail from outside.',
  'not-blocked': 'Neither a rule nor the recipient’s own list blocks the sender.',
  'blocked-by-rule': 'An administrator’s rule blocks the sender; nothing beats it but a more specific rule.',
  'blocked-by-recipient': 'The recipient’s own list blocks the sender.',
  'permit-over-personal-block':
    'The recipient’s own list blocks the sender, but an administrator’s rule permits the envelope’s address.',
  'outbound-needs-no-permit': 'Outbound mail is the tenant’s own and meets no strict screening.',
  'not-permitted': 'Neither a rule nor the recipient’s own list permits the sender.',
  'permitted-by-rule': 'An administrator’s rule permits the sender: strict screening is skipped.',
  'permitted-by-recipient': 'The recipient’s own list permits the sender: strict screening is skipped.',
  'permitted-by-auto-allow':
    'The recipient wrote to the sender before (auto allow): strict screening is skipped.',
  'auto-allow-sampled':
    'The recipient wrote to the sender before (auto allow); this answer is one of those screened all the same.',
  'permit-not-authenticated':
    'The sender would be permitted, but only if authentication vouches for it, and it does not.',
  'permit-not-for-internal': 'The sender claims an address of the organisation: those are never permitted.',
  'no-virus-rule': 'No rule asks for virus scanning.',
  'virus-exempt': 'A rule exempts this mail from virus scanning.',
  'no-scanner': 'No virus scanner is configured: nothing was scanned.',
  'no-virus': 'The scanner looked at all of it and found nothing.',
  'virus-refused': 'The scanner found malware.',
  'virus-held': 'The scanner found malware; the rule holds it.',
  'virus-not-checked':
    'Some of it could not be scanned: encrypted, too large or too deep. It never counts as clean.',
  'virus-not-checked-delivered': 'Some of it could not be scanned; the rule delivers it all the same.',
  'scanner-away': 'The virus scanner does not answer, so nothing unchecked is delivered.',
  'scanner-away-delivered': 'The virus scanner does not answer; the rule delivers all the same.',
  'no-attachment-rule': 'No rule is about attachments.',
  'attachments-exempt': 'The rule takes no action on what was found in attachments.',
  'no-risky-attachment': 'Nothing risky was found in attachments.',
  'attachments-tagged': 'A risky attachment; the message is tagged.',
  'attachments-held': 'A risky attachment: a dangerous type, a macro, something encrypted or in disguise.',
  'attachments-refused': 'A risky attachment; the rule refuses it.',
  'attachments-unknown': 'The attachments could not be looked at, so the message is asked to come again.',
  'no-spam-rule': 'No rule asks for spam scanning.',
  'spam-exempt': 'The rule takes no action on spam.',
  'spam-unknown': 'No spam score could be made: nothing is done for it.',
  'no-spam': 'The score is below the level that the rule acts at.',
  'spam-tagged': 'The score reaches the level; the message is tagged.',
  'spam-held': 'The score reaches the level that the rule holds at.',
  'spam-refused': 'The score reaches the level that is refused.',
  'no-first-contact-rule': 'No rule marks the first message of an author.',
  'first-contact-exempt': 'The rule leaves first messages as they are.',
  'contact-known': 'The author is no stranger to the recipient.',
  'contact-not-told': 'Whether the author wrote before cannot be told, so nothing is said of it.',
  'contacts-learning': 'The rule still learns who writes to whom, and marks nothing yet.',
  'first-contact-tagged':
    'The first message of this author: a header field says so, and the text is unchanged.',
  'first-contact-banner':
    'The first message of this author: a banner in its text says so, which breaks the author’s signature.',
  'permits-cancelled': 'Authentication failed, and the rule for that takes every permit away.',
} as const

export type Reason = keyof typeof reasons
