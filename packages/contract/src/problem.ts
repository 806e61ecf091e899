// The closed list of problems (RFC 9457): each with status, title and what it means. Worded for people by the
// UI.
import * as z from 'zod'
import { Said } from './saying.ts'

export const problems = {
  'invalid-input': { status: 422, title: 'Some fields need attention' },
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  'not-signed-in': { status: 401, title: 'Sign in first' },
  'wrong-credentials': { status: 401, title: 'Address or password is wrong' },
  'wrong-code': { status: 401, title: 'The code or passkey was not accepted' },
  'second-step-needed': { status: 401, title: 'The sign-in is not complete yet' },
  'confirm-first': { status: 403, title: 'Show your password or a code again first' },
  'factor-needed': { status: 409, title: 'A second factor is needed here' },
  'reset-link-wrong': { status: 403, title: 'This link is not valid any more' },
  'test-first': { status: 409, title: 'A test sign-in has to pass first' },
  'provider-in-use': { status: 409, title: 'A sign-in profile still names this identity provider' },
  'profile-stays': { status: 409, title: 'This profile cannot be removed' },
  'metadata-unreadable': { status: 422, title: 'The metadata cannot be read' },
  'too-many-attempts': { status: 429, title: 'Too many attempts; wait before the next' },
  'not-allowed': { status: 403, title: 'Your role does not allow this' },
  'foreign-origin': { status: 403, title: 'The request comes from another site' },
  'not-found': { status: 404, title: 'There is no such thing here' },
  'setup-closed': { status: 409, title: 'Set-up is done: an administrator exists' },
  'setup-link-wrong': { status: 403, title: 'This set-up link is not valid any more' },
  'domain-taken': { status: 409, title: 'Another organisation here has validated this domain' },
  'claim-not-ready': { status: 409, title: 'The conditions of this claim are not met' },
  'domain-exists': { status: 409, title: 'The domain is already in the list' },
  'domain-not-validated': { status: 409, title: 'The domain is not validated yet' },
  'domain-in-use': { status: 409, title: 'Users or routes still use this domain' },
  'address-exists': { status: 409, title: 'The address is already in the list' },
  'address-not-in-domain': { status: 422, title: 'The address is not in a validated domain of yours' },
  'sender-internal': { status: 422, title: 'The sender is one of your own addresses' },
  'address-shared-cloud': {
    status: 422,
    title: 'The address belongs to a cloud shared by many organisations',
  },
  'route-in-use': { status: 409, title: 'The route is still used' },
  'role-in-use': { status: 409, title: 'Somebody still holds this role' },
  'last-super': { status: 409, title: 'This is the last super administrator' },
  'last-operator': { status: 409, title: 'This is the last operator of the installation' },
  'rotation-running': { status: 409, title: 'A rotation of the master key is running' },
  'key-in-use': { status: 409, title: 'Secrets are still sealed with an older key' },
  'key-file-refused': { status: 409, title: 'The key file cannot be used' },
  'leaving-blocked': { status: 409, title: 'Something still stands in the way of leaving' },
  'on-hold': { status: 409, title: 'A hold keeps this data' },
  'share-wrong': { status: 403, title: 'This link is not valid any more' },
  'invitation-wrong': { status: 403, title: 'This invitation is not valid any more' },
  'group-in-use': { status: 409, title: 'Policies still name this group' },
  'policy-locked': { status: 409, title: 'This policy belongs to the organisation and cannot be changed' },
  'limit-reached': { status: 422, title: 'There are as many of these as there can be' },
  'changed-meanwhile': { status: 412, title: 'Somebody changed this in the meantime' },
  'step-locked': { status: 409, title: 'This step needs another one first' },
  'step-mandatory': { status: 409, title: 'This step cannot be skipped' },
  'check-too-soon': { status: 429, title: 'A check ran a moment ago' },
  'group-read-only': { status: 409, title: 'The group is kept by a directory' },
  'user-from-directory': { status: 409, title: 'A directory says this of the user' },
  'user-has-role': { status: 409, title: 'The user is an administrator' },
  'import-has-errors': { status: 422, title: 'Nothing imported yet: some rows need attention' },
  'contacts-running': { status: 409, title: 'Contacts are being collected already' },
  'import-gone': { status: 410, title: 'The import can no longer be used' },
  'rows-over-limit': { status: 422, title: 'The file has too many rows' },
  'file-unreadable': { status: 422, title: 'The file cannot be read' },
  'media-type-unknown': { status: 415, title: 'A file of this media type is not read here' },
  'body-too-large': { status: 413, title: 'The request is larger than allowed' },
  'sync-running': { status: 409, title: 'A synchronisation of this directory is running' },
  'connector-not-ready': { status: 409, title: 'The connector cannot synchronise yet' },
  'preview-gone': { status: 410, title: 'The preview can no longer be carried out' },
  'removals-need-yes': { status: 409, title: 'This many removals need a yes to their number' },
  'key-not-seen': { status: 409, title: 'The record of this key was not seen yet' },
  'signing-key-in-use': { status: 409, title: 'This key signs mail' },
  'archive-off': { status: 409, title: 'Mail of this organisation is not archived' },
  'reason-needed': { status: 409, title: 'Searching the archive needs a reason here' },
  'no-copy': { status: 409, title: 'No copy of the message is kept' },
  'content-spoiled': { status: 409, title: 'The archived content does not fit its digest' },
  'edge-unreachable': { status: 503, title: 'No edge answers at the moment' },
  'internal-error': { status: 500, title: 'We failed; the log says why' },
} as const satisfies { readonly [name: string]: { readonly status: number; readonly title: string } }

export type ProblemName = keyof typeof problems

/** A field error: JSON path of the field (`/email`) and the exact remedy. */
export const FieldError = z.object({
  path: z.string(),
  message: z.string(),
  /** The message as a code, for pages in other languages. */
  said: Said.optional(),
})
export type FieldError = z.infer<typeof FieldError>

/** RFC 9457 body. `type` is `/docs/api#problem-NAME`; `detail` says what happened and what to do. */
export const ProblemBody = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  name: z.string(),
  detail: z.string(),
  errors: z.array(FieldError).default([]),
  /** Finds the request in the log. */
  requestId: z.string(),
  /** Seconds to wait, for 429. */
  retryAfter: z.int().optional(),
  /** The detail as a code, where it has one. */
  said: Said.optional(),
})
export type ProblemBody = z.infer<typeof ProblemBody>
