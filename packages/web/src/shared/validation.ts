// What fields are checked for before sending; each message is the remedy. The server has the last word.

import type { UseFormReturnType } from '@mantine/form'
import { useEffect } from 'react'
import { fieldErrorsOf } from '#api/problem-error.ts'
import { said } from '#i18n/i18n.ts'
import { useSaid } from '#i18n/said.ts'

type Check = (value: string) => string | null

/** @param what what is to be written, such as "the name of the organisation" */
export function required(what: string): Check {
  return (value) => (value.trim() === '' ? `Write ${what}` : null)
}

/** @param message the whole remedy, in the reader's language */
export function filled(message: string): Check {
  return (value) => (value.trim() === '' ? message : null)
}

/** An e-mail address, loosely: one at-sign with something on both sides and a dot in the domain. */
export const address: Check = (value) =>
  /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(value.trim())
    ? null
    : said('write.address', 'Write a full address, such as maya@acme.example')

export const domainName: Check = (value) =>
  /^(?!-)[^\s@/:]+\.[^\s@/:.]+\.?$/.test(value.trim())
    ? null
    : said('write.domain', 'Write the domain alone, such as acme.example, without https:// or @')

/** At least 12 characters and no further rules (NIST SP 800-63B). */
export const newPassword: Check = (value) =>
  value.length < 12
    ? said('write.longer', 'Use at least 12 characters: {{more}} more', { more: 12 - value.length })
    : null

/** Host name or address literal of a mail host. */
export const hostName: Check = (value) =>
  /^[^\s@/]+$/.test(value.trim())
    ? null
    : said('write.host', 'Write a host name or an IP address, such as mail.acme.example')

export const ipAddress: Check = (value) =>
  /^(\d{1,3}\.){3}\d{1,3}(\/\d+)?$|^[0-9a-f]*:[0-9a-f:.]+(\/\d+)?$/i.test(value.trim())
    ? null
    : said('write.ip', 'Write one IP address, such as 203.0.113.25')

/** Puts the field errors of a refused request beside their fields. */
export function useFieldErrors<Values extends object>(form: UseFormReturnType<Values>, error: unknown): void {
  const say = useSaid()
  useEffect(() => {
    for (const [field, message] of fieldErrorsOf(error, say)) form.setFieldError(field, message)
  }, [error])
}

/** After a refused submit the first wrong field takes the focus; its error is read with it. */
export function focusFirstWrong(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('main [aria-invalid="true"]')?.focus())
}
