// Doing something to one record: what it asks before, the question by name, saying that it was done,
// and the way back.
import { ref, shallowRef } from 'vue'
import { confirm } from '@/composables/useConfirm'
import { isStale } from '@/composables/useProblem'
import { toast } from '@/composables/useToasts'
import { t } from '@/i18n'
import { st } from '@/i18n/staff'
import { asks, mayUndo, runAct, undoAct, undoSeconds, type Act } from './acts'
import type { SubjectMeta } from './meta'
import { sendUndo } from './records'
import type { Row } from './row'
import { refusalText, titleOf } from './words'

export function useActs(
  meta: SubjectMeta,
  { changed, stale = () => undefined }: { changed: (row: Row) => void; /** The row may be another now. */ stale?: (row: Row) => void },
) {
  /** What is asked for now, in a dialog. */
  const asking = shallowRef<{ act: Act; row: Row } | null>(null)
  const busy = ref(false)

  const refused = (error: unknown) => toast(refusalText(meta, error), 'danger')

  function done(act: Act, before: Row, after: Row): void {
    changed(after)
    if (act.run) return
    const how = undoSeconds(meta, act) > 0 ? () => sendUndo(meta, after) : mayUndo(act, before, after) && (() => undoAct(meta, act, before, after))
    const back = how && { label: t('common.undo'), run: () => void how().then(changed, refused) }
    toast(st('case.done', { what: act.label() }), 'good', back || undefined)
  }

  async function start(act: Act, row: Row): Promise<void> {
    if (busy.value) return
    if (act.dialog || asks(meta, act)) return void (asking.value = { act, row })
    const question = act.question?.(titleOf(row))
    if (question && !(await confirm({ ...question, yes: act.label(), danger: act.danger ?? false }))) return
    busy.value = true
    try {
      done(act, row, await runAct(meta, act, row))
    } catch (error) {
      refused(error)
      if (isStale(error)) stale(row)
    } finally {
      busy.value = false
    }
  }

  /** The dialog's form was sent. */
  function saved(after: Row): void {
    const now = asking.value
    asking.value = null
    if (now) done(now.act, now.row, after)
  }

  /** In the act's own dialog. */
  function asked(): void {
    const now = asking.value
    asking.value = null
    if (now) stale(now.row)
  }

  return { asking, busy, start, saved, asked, close: () => void (asking.value = null) }
}
