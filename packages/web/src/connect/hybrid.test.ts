// The way through a hybrid: by where the default route leads, and by whether Exchange Online sends itself.
import { expect, test } from 'vitest'
import { hybridPathOf } from './hybrid.ts'

const route = (host: string) => ({ host, defaultFor: 'inbound' as const })
const cloud = (enabled: boolean) => [{ provider: 'microsoft-365' as const, enabled }]

test('mail enters where the default route leads, and leaves by both halves or by one', () => {
  expect(hybridPathOf([], [])).toEqual({ entry: null, isCentral: true })
  const online = [route('acme-example.mail.protection.outlook.com')]
  expect(hybridPathOf(online, cloud(true))).toEqual({ entry: 'cloud', isCentral: false })
  expect(hybridPathOf([route('acme-example.a1.mx.microsoft')], []).entry).toBe('cloud')
  const spare = { host: 'spare.acme.example', defaultFor: null }
  const premises = [spare, route('mail.acme.example')]
  expect(hybridPathOf(premises, cloud(false))).toEqual({ entry: 'premises', isCentral: true })
})
