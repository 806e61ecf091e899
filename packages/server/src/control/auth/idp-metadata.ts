// Reads what we need of a SAML identity provider's metadata: entity id, where sign-in begins, signing
// certificates. An administrator sees the result before it counts, so a scan for these few parts is enough.
import type { SamlSettings } from '@gatepost/contract/sign-in-settings.ts'
import { problem } from '../problem.ts'

const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'
const CERTIFICATES_MAX = 5

/** Throws `metadata-unreadable` with what is missing. */
export function readMetadata(xml: string): SamlSettings {
  // Entities of a document type are how XML hides or multiplies things; metadata has none.
  if (/<!(DOCTYPE|ENTITY)/i.test(xml))
    throw unreadable('It holds a document type, which metadata never needs.')
  const issuer = attribute(/<(?:\w+:)?EntityDescriptor\b([^>]*)>/.exec(xml)?.[1] ?? '', 'entityID')
  if (issuer === null) throw unreadable('It names no entity (EntityDescriptor with entityID).')
  const [, idp = ''] = /<(?:\w+:)?IDPSSODescriptor\b([\s\S]*?)<\/(?:\w+:)?IDPSSODescriptor>/.exec(xml) ?? []
  if (idp === '') throw unreadable('It describes no identity provider (IDPSSODescriptor).')
  const services = [...idp.matchAll(/<(?:\w+:)?SingleSignOnService\b([^>]*)>/g)].map(
    ([, inner = '']) => inner,
  )
  const redirect = services.find((inner) => attribute(inner, 'Binding') === REDIRECT)
  const signInUrl = redirect === undefined ? null : attribute(redirect, 'Location')
  if (signInUrl === null) throw unreadable('It offers no sign-in by the redirect binding.')
  const certificates = certificatesIn(idp)
  if (certificates.length === 0) throw unreadable('It holds no certificate for signatures.')
  return { kind: 'saml', issuer, signInUrl, certificates, addressAttribute: '' }
}

function certificatesIn(idp: string): string[] {
  const keys = [...idp.matchAll(/<(?:\w+:)?KeyDescriptor\b([^>]*)>([\s\S]*?)<\/(?:\w+:)?KeyDescriptor>/g)]
  const found = keys
    .filter(([, attributes = '']) => attribute(attributes, 'use') !== 'encryption')
    .flatMap(([, , inner = '']) => [...inner.matchAll(/<(?:\w+:)?X509Certificate\b[^>]*>([^<]*)</g)])
    .map(([, text = '']) => pemOf(text))
  return [...new Set(found)].slice(0, CERTIFICATES_MAX)
}

/** Base64 in PEM's lines, whatever it looked like. */
export function pemOf(text: string): string {
  const base64 = text.replace(/-----[^-]*-----/g, '').replace(/[^A-Za-z0-9+/=]/g, '')
  return `-----BEGIN CERTIFICATE-----\n${(base64.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`
}

function attribute(text: string, name: string): string | null {
  const [, double, single] = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(text) ?? []
  const value = double ?? single
  return value === undefined ? null : decode(value)
}

function decode(text: string): string {
  return text
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
}

function unreadable(why: string): Error {
  return problem('metadata-unreadable', `This is no metadata of an identity provider. ${why}`)
}
