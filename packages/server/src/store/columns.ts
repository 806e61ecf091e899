// Kinds of columns that many tables share.

/** Booleans as both databases keep them alike. */
export type Flag = 0 | 1
/** JSON text; the comment of the column names its shape. */
export type Json = string
