// An error in the person's words: what happened and what to do. Never a bare code.
import { hasText, t } from '@/i18n'
import { ApiError } from '@/sdk/api'
import { SignalError } from '@/sdk/protocol'

export function problemText(error: unknown): string {
  const code = error instanceof ApiError || error instanceof SignalError ? error.code : 'internal'
  const key = `error.${code}`
  if (hasText(key)) return t(key)
  if (error instanceof ApiError) {
    if (error.status === 401) return t('error.signed_out')
    if (error.status === 403) return t('error.forbidden')
    if (error.status === 404) return t('error.not_found')
    if (error.status === 429) return t('error.too_fast')
    if (error.status >= 400 && error.status < 500 && error.detail) {
      return t('error.with_detail', { detail: error.detail })
    }
  }
  return t('error.internal')
}
