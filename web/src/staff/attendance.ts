// Attendance as whoever runs the meeting sees it: with what it was judged by.
import { attendance, type Attendance, type AttendanceTypes } from '@/domain/attendance/gen'
import { api } from '@/composables/useSession'
import { client, type Requests } from '@/model/client'
import { registerWords } from '@/model/dictionary'
import { sendBulk, sendUndoOfMany } from '@/model/records'
import type { ApiError } from '@/sdk/api'
import type { TimeWindow } from '@/sdk/api.gen'

registerWords(attendance)

export type AttendanceRow = Attendance & Required<Pick<Attendance, 'drafted' | 'segments' | 'remark'>>
export type AttendanceVerdict = AttendanceRow['drafted']
export type PresenceSegment = AttendanceRow['segments'][number]

export const isDecided = (row: AttendanceRow): boolean => row.state === 'confirmed'

/** What was decided, or what the evidence says. */
export const verdictOf = (row: AttendanceRow): AttendanceVerdict =>
  row.result ? { state: row.result, late: row.late ?? false, left_early: row.left_early ?? false } : row.drafted

/** Rows at once; a meeting with more takes several requests. */
const LIMIT = 1000

export async function readAttendance(meeting: string, from: Requests = api): Promise<AttendanceRow[]> {
  const rows: Attendance[] = []
  let after: string | undefined
  do {
    const page = await client<AttendanceTypes>(attendance, from).list('attendance', { limit: LIMIT, ...(after ? { after } : {}) }, { meeting })
    rows.push(...page.items)
    after = page.next ?? undefined
  } while (after)
  return rows as AttendanceRow[]
}

const seen = (window: TimeWindow | null) => (window ? { seen_from: window.from, seen_to: window.to } : {})

/** As drafted in this window, each for itself; why those that were refused were. */
export const confirmDrafts = (rows: readonly AttendanceRow[], window: TimeWindow | null): Promise<Map<string, ApiError>> =>
  sendBulk(attendance, attendance.steps.confirm, rows.map(({ id }) => id), seen(window))

export const decideRow = (row: AttendanceRow, { state, late, left_early }: AttendanceVerdict, remark: string, window: TimeWindow | null) =>
  client<AttendanceTypes>(attendance, api).act('decide', row, {
    result: state,
    late,
    left_early,
    ...(remark ? { remark } : {}),
    ...seen(window),
  })

export interface Undoable {
  rows: AttendanceRow[]
  until: number
}

/** What somebody decided last, at once, while it can be taken back; since: what he took back before is none. */
export function lastDecided(rows: readonly AttendanceRow[], by: string, now: number, since = 0): Undoable | null {
  const own = rows.filter((row) => isDecided(row) && row.decided_by?.id === by)
  const at = Math.max(0, ...own.map(({ decided_at }) => decided_at ?? 0))
  const until = at + attendance.steps.confirm.undo_s * 1000
  return at > since && until > now ? { rows: own.filter(({ decided_at }) => decided_at === at), until } : null
}

export const takeBack = ({ rows }: Undoable): Promise<Map<string, ApiError>> =>
  sendUndoOfMany(attendance, rows.map(({ id }) => id))

/** What the table for the office has, in this order. */
const COLUMNS = [
  'person.name', 'person.sector', 'person.organisation', 'code', 'person.kind', 'capacity', 'first_in', 'last_out', 'window',
  'present_s', 'connections', 'drafted', 'result', 'late', 'left_early', 'remark', 'decided_by.name', 'decided_at',
]

export const attendanceTable = (meeting: string, format: 'csv' | 'xlsx', words: 'zh' | 'en'): string =>
  `/api/v1/meetings/${meeting}/attendance.${format}?words=${words}&columns=${COLUMNS.join(',')}`
