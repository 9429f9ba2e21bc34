// An error in the person's words: what happened and what to do. Never a bare code, and never the
// server's own sentence, which is English and for developers.
import type { StateKind } from '@/components/StatePicture.vue'
import { hasText, t, type TextKey } from '@/i18n'
import { hasWord, word } from '@/model/dictionary'
import { ApiError, type FieldError } from '@/sdk/api'
import { SignalError } from '@/sdk/protocol'

const BY_STATUS: Record<number, TextKey> = {
  401: 'error.signed_out',
  403: 'error.forbidden',
  404: 'error.not_found',
  409: 'error.conflict',
  429: 'error.too_fast',
}

export function problemKey(error: unknown): TextKey {
  if (!(error instanceof ApiError || error instanceof SignalError)) return 'error.internal'
  const key = `error.${error.code}`
  if (hasText(key)) return key
  if (error instanceof SignalError) return 'error.internal'
  return BY_STATUS[error.status] ?? (error.status >= 400 && error.status < 500 ? 'error.invalid' : 'error.internal')
}

/** What is wrong with one member of what was sent, for beside its field. */
export function fieldText({ code, params }: FieldError): string {
  const key = `wrong.${code === 'short' && params?.least === 1 ? 'missing' : code}`
  return t(hasText(key) ? key : 'wrong.type', params)
}

/** Of each member what is wrong with it; empty when the problem is another. */
export function fieldTexts(error: unknown): Record<string, string> {
  const errors = error instanceof ApiError ? error.errors : []
  return Object.fromEntries(errors.map((one) => [one.field, fieldText(one)]))
}

/** The record was changed since it was read. */
export const isStale = (error: unknown): boolean => error instanceof ApiError && error.status === 412

/** Which picture goes with it. */
export function problemKind(error: unknown): StateKind {
  if (!(error instanceof ApiError)) return 'error'
  if (error.status === 0) return 'offline'
  return error.status === 403 ? 'denied' : 'error'
}

/** A code of a subject's own, "person.login_taken", has its words with the subject. */
export function problemText(error: unknown): string {
  const [subject, code] = error instanceof ApiError ? error.code.split('.') : []
  const key = `${subject}.code.${code}`
  return error instanceof ApiError && hasWord(key) ? word(key, error.params) : t(problemKey(error), error instanceof ApiError ? error.params : undefined)
}
