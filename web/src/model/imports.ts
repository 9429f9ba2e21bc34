// Tables of many records at once (导入): who may bring one, and what a plan of it says in words.
import { api } from '@/composables/useSession'
import { fieldText } from '@/composables/useProblem'
import { hasStaffText, st } from '@/i18n/staff'
import { ApiError, type FieldError } from '@/sdk/api'
import type { Session } from '@/sdk/api.gen'
import type { ImportPlan } from '@/domain/import_plan/gen'
import type { Requests } from './client'
import type { SubjectMeta } from './meta'
import { isNothing } from './row'
import { fieldWord, refusalText, valueText } from './words'

/** By the grants that the server declares. */
export const mayImport = (of: SubjectMeta, session: Session | null): boolean =>
  session !== null && (of.imports?.who.some((role) => (session.person.roles as readonly string[]).includes(role)) ?? false)

/** The server reads it and answers with the plan; nothing is written yet. */
export const sendTable = (of: SubjectMeta, file: File, to: Requests = api): Promise<ImportPlan> =>
  to.request<ImportPlan>('POST', `${of.imports?.path ?? ''}?file=${encodeURIComponent(file.name.slice(-200))}`, file)

/** Why a row is wrong. */
export interface RowError {
  readonly field: string | null
  readonly code: string
  readonly params?: Record<string, string | number> | null
}

/** One value that a row says. */
export interface RowChange {
  readonly field: string
  readonly old: unknown
  readonly new: unknown
}

const reason = (of: SubjectMeta, { field, code, params }: RowError): string => {
  const own = `import.why_${code}`
  if (hasStaffText(own)) return st(own, params ?? {})
  if (field === null) return refusalText(of, new ApiError(409, code, '', [], params ?? {}))
  return fieldText({ field, code, params: params ?? {} } as FieldError)
}

/** "姓名：请填写". */
export function reasonText(of: SubjectMeta, error: RowError): string {
  const text = reason(of, error)
  if (error.field === null) return text
  return st('import.field_reason', { field: error.field === 'id' ? st('import.id') : fieldWord(of, error.field), reason: text })
}

/** What a row changes: each value as it was and as it is to be. What a new row leaves out is not said. */
export const changeTexts = (of: SubjectMeta, changes: readonly RowChange[], isNew: boolean): string[] =>
  changes
    .filter((change) => !isNew || !isNothing(change.new))
    .map(({ field, old, new: now }) => {
      const value = valueText(of, field, now) || '–'
      const params = { field: fieldWord(of, field), old: valueText(of, field, old) || '–', value }
      return st(isNew ? 'import.value' : 'import.change', params)
    })

/** Why the whole was refused: the row's own reason behind the sentence. */
export function planRefusal(plans: SubjectMeta, of: SubjectMeta, error: unknown): string {
  const text = refusalText(plans, error)
  if (!(error instanceof ApiError) || error.code !== 'import_plan.row_refused') return text
  const { field, code } = error.params
  return `${text} ${reasonText(of, { field: typeof field === 'string' ? field : null, code: String(code) })}`
}

/** So many rows would be written. */
export const rowsOf = ({ creates, updates }: ImportPlan): number => creates + updates
