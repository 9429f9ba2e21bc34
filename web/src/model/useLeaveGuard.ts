// Whoever leaves what he has not saved is asked once: on, with the draft kept, or without it.
import { getCurrentInstance, inject, onBeforeUnmount, onMounted, type Ref } from 'vue'
import { matchedRouteKey, onBeforeRouteLeave } from 'vue-router'
import { choose } from '@/composables/useConfirm'
import { useSession } from '@/composables/useSession'
import { st } from '@/i18n/staff'
import { isLeaving, noteForm } from './unsaved'

export type Leave = 'stay' | 'keep' | 'discard'

export async function askLeave(): Promise<Leave> {
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

export function useLeaveGuard(
  dirty: Ref<boolean>,
  { keep, discard }: { keep: () => Promise<void>; discard: () => Promise<void> },
): void {
  function closing(event: BeforeUnloadEvent) {
    if (!dirty.value || isLeaving()) return
    void keep()
    event.preventDefault()
  }
  const gone = noteForm({ dirty, keep })
  onMounted(() => addEventListener('beforeunload', closing))
  onBeforeUnmount(() => {
    removeEventListener('beforeunload', closing)
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
    const answer = await askLeave()
    if (answer === 'stay') return false
    await (answer === 'keep' ? keep() : discard())
    return true
  })
}
