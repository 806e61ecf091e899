// Where private keys of signing stand, so that a sealed one opens on edges and for nothing else.

/** The column of the place that control seals for and edges open (decisions 35). */
export const SIGNING_KEY_COLUMN = 'dkim_key.private_key'
