// Whoever leaves what he has not saved is asked once: on, with the draft kept, or without it.
import { getCurrentInstance, inject, onScopeDispose, type Ref } from 'vue'
import { matchedRouteKey, onBeforeRouteLeave } from 'vue-router'
import { choose } from '@/composables/useConfirm'
import { useSession } from '@/composables/useSession'
import { st } from '@/i18n/staff'
import { isLeaving, noteForm } from './unsaved'

type Leave = 'stay' | 'keep' | 'discard'

async function askLeave(): Promise<Leave> {
  const answer = await choose({
    title: st('fill.leave_title'),
    text: st('fill.leave_text'),
    yes: st('fill.leave_keep'),
    no: st('fill.leave_stay'),
    more: st('fill.leave_discard'),
    danger: false,
  })
  return answer === 'more' ? 'discard' : answer ? 'keep' : 'stay'
}

export interface Filling {
  readonly dirty: Ref<boolean>
  keep(): Promise<void>
  discard(): Promise<void>
}

/** Before a form is closed; false: it stays. */
export async function mayClose({ dirty, keep, discard }: Filling): Promise<boolean> {
  if (!dirty.value) return true
  const answer = await askLeave()
  if (answer === 'stay') return false
  await (answer === 'keep' ? keep() : discard())
  return true
}

export function useLeaveGuard(filling: Filling): void {
  const { dirty, keep } = filling
  function closing(event: BeforeUnloadEvent) {
    if (!dirty.value || isLeaving()) return
    void keep()
    event.preventDefault()
  }
  const hidden = () => void (document.visibilityState === 'hidden' && keep())
  const gone = noteForm({ dirty, keep })
  addEventListener('beforeunload', closing)
  document.addEventListener('visibilitychange', hidden)
  onScopeDispose(() => {
    removeEventListener('beforeunload', closing)
    document.removeEventListener('visibilitychange', hidden)
    gone()
  })
  if (!getCurrentInstance() || !inject(matchedRouteKey, null)?.value) return
  onBeforeRouteLeave(async () => {
    if (!dirty.value) return true
    // Whose session has ended cannot send it, and finds it again; whoever signs out was asked (shell/useLeave.ts).
    if (!useSession().session.value) {
      await keep()
      return true
    }
    return mayClose(filling)
  })
}
