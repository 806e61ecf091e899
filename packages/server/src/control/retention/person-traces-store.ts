// What is kept of an address beside its user, account and messages in tracking: read for the export of a
// person, and removed with one.
import type { Db, Trx } from '#store/open.ts'

export type Person = { readonly tenantId: string; readonly keys: readonly string[] }

/** By name, as the export shows them. What opens a door is no information about a person. */
export async function tracesOf(db: Db, { tenantId, keys }: Person) {
  const held = db.selectFrom('held_mail').selectAll().where('tenant_id', '=', tenantId)
  const reports = db.selectFrom('mail_report').selectAll().where('tenant_id', '=', tenantId)
  const choices = db.selectFrom('digest_choice').selectAll().where('tenant_id', '=', tenantId)
  const digests = db.selectFrom('digest_sent').selectAll().where('tenant_id', '=', tenantId)
  const links = db
    .selectFrom('digest_link')
    .select(['mailbox', 'reader', 'message_id', 'created_at', 'expires_at', 'used_at', 'used_for'])
    .where('tenant_id', '=', tenantId)
  const contacts = db.selectFrom('contact_pair').selectAll().where('tenant_id', '=', tenantId)
  const deferred = db.selectFrom('greylist_ended').selectAll().where('tenant_id', '=', tenantId)
  const hours = db.selectFrom('sender_hour').selectAll().where('tenant_id', '=', tenantId)
  const warnings = db.selectFrom('sender_warning').selectAll().where('tenant_id', '=', tenantId)
  const ofPerson = await Promise.all([
    held.where('mailbox', 'in', keys).execute(),
    reports.where('mailbox', 'in', keys).execute(),
    choices.where('mailbox', 'in', keys).execute(),
    digests.where('mailbox', 'in', keys).execute(),
    links.where(({ or, eb }) => or([eb('mailbox', 'in', keys), eb('reader', 'in', keys)])).execute(),
    contacts.where(({ or, eb }) => or([eb('user_key', 'in', keys), eb('external', 'in', keys)])).execute(),
    deferred
      .where(({ or, eb }) => or([eb('reverse_path', 'in', keys), eb('forward_path', 'in', keys)]))
      .execute(),
    hours.where('kind', '!=', 'credential').where('identity', 'in', keys).execute(),
    warnings.where('kind', '!=', 'credential').where('identity', 'in', keys).execute(),
  ])
  const [heldMail, mailReports, digestChoices, digestsSent, digestLinks, contactPairs] = ofPerson
  const [, , , , , , greylisted, sentByHour, sentTooMuch] = ofPerson
  return {
    heldMail,
    mailReports,
    digestChoices,
    digestsSent,
    digestLinks,
    contactPairs,
    greylisted,
    sentByHour,
    sentTooMuch,
  }
}

/**
 * Removes them and returns how many rows went. Held mail stays as long as it waits for somebody's decision,
 * and a warning while it is open.
 */
export async function eraseTraces(trx: Trx, { tenantId, keys }: Person): Promise<number> {
  const gone = await Promise.all([
    trx
      .deleteFrom('held_mail')
      .where('tenant_id', '=', tenantId)
      .where('mailbox', 'in', keys)
      .where('state', '!=', 'held')
      .execute(),
    trx.deleteFrom('mail_report').where('tenant_id', '=', tenantId).where('mailbox', 'in', keys).execute(),
    trx.deleteFrom('digest_choice').where('tenant_id', '=', tenantId).where('mailbox', 'in', keys).execute(),
    trx.deleteFrom('digest_sent').where('tenant_id', '=', tenantId).where('mailbox', 'in', keys).execute(),
    trx
      .deleteFrom('digest_link')
      .where('tenant_id', '=', tenantId)
      .where(({ or, eb }) => or([eb('mailbox', 'in', keys), eb('reader', 'in', keys)]))
      .execute(),
    trx
      .deleteFrom('contact_pair')
      .where('tenant_id', '=', tenantId)
      .where(({ or, eb }) => or([eb('user_key', 'in', keys), eb('external', 'in', keys)]))
      .execute(),
    trx
      .deleteFrom('greylist_ended')
      .where('tenant_id', '=', tenantId)
      .where(({ or, eb }) => or([eb('reverse_path', 'in', keys), eb('forward_path', 'in', keys)]))
      .execute(),
    trx
      .deleteFrom('sender_hour')
      .where('tenant_id', '=', tenantId)
      .where('kind', '!=', 'credential')
      .where('identity', 'in', keys)
      .execute(),
    trx
      .deleteFrom('sender_warning')
      .where('tenant_id', '=', tenantId)
      .where('kind', '!=', 'credential')
      .where('identity', 'in', keys)
      .where('released_at', 'is not', null)
      .execute(),
  ])
  return gone.flat().reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0)
}
