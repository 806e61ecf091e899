// The copy of a message for recipients who hear from its author for the first time: a field of ours on top,
// and by choice a banner in the text (F4). Without a banner the content stays octet by octet.
import { concat } from '@gatepost/mail/bytes.ts'
import type { BannerLeft } from '#link/reports.ts'
import type { FirstContactMark } from '#policy/policy.ts'
import type { Envelope } from '#spool/spool.ts'
import { placeBanner } from './banner/place.ts'
import { bannerSentences } from './banner/words.ts'
import { withoutCuts } from './wire-content.ts'

/** Our field; rules of the mail host look for it. */
export const FIRST_CONTACT_FIELD = 'X-Gatepost-Tag: first-contact\r\n'
/** Larger messages are not taken into memory for a banner. */
export const BANNER_OCTETS_MAX = 16 * 1024 * 1024

export type Marked = {
  readonly envelope: Envelope
  /** Null where the content stays as it is. */
  readonly altered: Uint8Array | null
  readonly banner: 'placed' | BannerLeft | null
}

/** The envelope with our field, and what becomes of the content. */
export async function markedCopy(
  envelope: Envelope,
  { banner, warns }: FirstContactMark,
  content: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<Marked> {
  const named = { ...envelope, traceFields: envelope.traceFields + FIRST_CONTACT_FIELD }
  if (banner === null) return { envelope: named, altered: null, banner: null }
  if (envelope.size > BANNER_OCTETS_MAX) return { envelope: named, altered: null, banner: 'too-large' }
  const chunks: Uint8Array[] = []
  // A chunk may be used again once the next is asked for.
  for await (const chunk of content()) chunks.push(Uint8Array.from(chunk))
  const whole = concat(withoutCuts(chunks, envelope.cuts))
  const placed = placeBanner(whole, bannerSentences(banner, warns), {
    isSevenBit: envelope.parameters.body === '7BIT',
  })
  if (placed.kind === 'left') return { envelope: named, altered: null, banner: placed.why }
  return { envelope: { ...named, cuts: [] }, altered: placed.content, banner: 'placed' }
}
