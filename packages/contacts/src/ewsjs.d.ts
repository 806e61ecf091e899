// The part of @ewsjs/ntlm-client that ntlm.ts uses; the package brings no types.
declare module '@ewsjs/ntlm-client' {
  const ntlm: {
    createType1Message(workstation?: string, target?: string): string
    decodeType2Message(text: string): unknown
    createType3Message(
      challenge: unknown,
      userName: string,
      password: string,
      workstation?: string,
      target?: string,
    ): string
  }
  export = ntlm
}
