// The tool's version: that of the Gatepost it was built from. The build puts it in.

/** Replaced by the bundler; from sources it is what package.json says. */
declare const GATEPOST_VERSION: string | undefined

export const EXPORT_VERSION: string = typeof GATEPOST_VERSION === 'string' ? GATEPOST_VERSION : '0.1.0'
