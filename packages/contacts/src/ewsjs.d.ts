// The part of @ewsjs/ntlm-client that ntlm.ts uses; the package brings no types.
declare module '@ewsjs/ntlm-client/lib/hash.js' {
  const hashes: {
    /** MD4 of the password in UTF-16. */
    createNTLMHash(password: string): Buffer
  }
  export = hashes
}
