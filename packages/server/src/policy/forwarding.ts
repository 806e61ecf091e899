// Forwarding addresses (C13): what a recipient becomes. The envelope is rewritten, the content never.

/** The column that a tenant's key for SRS is bound to. */
export const SRS_COLUMN = 'outbound_setting.srs_key'
