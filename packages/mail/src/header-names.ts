// Names of header fields as programs write them, found by their octets: reading a name as text and making it
// lower case are two calls out of JavaScript, and a message has twenty fields.

export type KnownName = { readonly name: string; readonly nameLower: string }

/** Other spellings are read from the octets; this list decides nothing. */
const NAMES = [
  ...[
    'Received',
    'Return-Path',
    'Delivered-To',
    'From',
    'To',
    'Cc',
    'Bcc',
    'Subject',
    'Date',
    'Reply-To',
    'Sender',
  ],
  ...['Message-ID', 'Message-Id', 'In-Reply-To', 'References', 'MIME-Version', 'Mime-Version', 'User-Agent'],
  ...['Content-Type', 'Content-Transfer-Encoding', 'Content-Disposition', 'Content-ID', 'Content-Language'],
  ...['Content-type', 'Content-Description', 'DKIM-Signature', 'ARC-Seal', 'ARC-Message-Signature'],
  ...['ARC-Authentication-Results', 'Authentication-Results', 'Received-SPF', 'X-Mailer', 'X-Priority'],
  ...[
    'List-Unsubscribe',
    'List-Unsubscribe-Post',
    'List-Id',
    'List-ID',
    'List-Post',
    'List-Help',
    'Precedence',
  ],
  ...['Auto-Submitted', 'Feedback-ID', 'Importance', 'Thread-Index', 'Thread-Topic', 'X-Originating-IP'],
  ...[
    'Accept-Language',
    'Errors-To',
    'Organization',
    'X-Received',
    'X-Google-DKIM-Signature',
    'X-Gm-Message-State',
  ],
  ...['X-Google-Smtp-Source', 'X-MS-Has-Attach', 'X-MS-TNEF-Correlator', 'X-Auto-Response-Suppress'],
]

/** A power of two. */
const PLACES = 1024

/** Two names at one place: the later is read from the octets. */
const places: (KnownName | undefined)[] = new Array(PLACES).fill(undefined)
for (const name of NAMES) {
  const octets = new TextEncoder().encode(name)
  places[placeOf(octets, 0, octets.length)] ??= { name, nameLower: name.toLowerCase() }
}

/** The name that stands from `start` to `end`, exactly as listed; null for any other. */
export function knownName(bytes: Uint8Array, start: number, end: number): KnownName | null {
  const found = places[placeOf(bytes, start, end)]
  if (found === undefined || found.name.length !== end - start) return null
  for (let i = start; i < end; i++) if (bytes[i] !== found.name.charCodeAt(i - start)) return null
  return found
}

function placeOf(bytes: Uint8Array, start: number, end: number): number {
  let sum = end - start
  for (let i = start; i < end; i++) sum = (sum * 31 + bytes[i]!) | 0
  return (sum ^ (sum >>> 15)) & (PLACES - 1)
}
