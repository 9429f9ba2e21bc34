// Whoever leaves what he has not saved is asked once: on, with the draft kept, or without it.
import { getCurrentInstance, inject, onBeforeUnmount, onMounted, type Ref } from 'vue'
import { matchedRouteKey, onBeforeRouteLeave } from 'vue-router'
import { choose } from '@/composables/useConfirm'
import { st } from '@/i18n/staff'

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
    if (!dirty.value) return
    void keep()
    event.preventDefault()
  }
  onMounted(() => addEventListener('beforeunload', closing))
  onBeforeUnmount(() => removeEventListener('beforeunload', closing))
  if (!getCurrentInstance() || !inject(matchedRouteKey, null)?.value) return
  onBeforeRouteLeave(async () => {
    if (!dirty.value) return true
    const answer = await askLeave()
    if (answer === 'stay') return false
    await (answer === 'keep' ? keep() : discard())
    return true
  })
}
