// The keyboard in a meeting, listed under "?". Nothing is taken while somebody types or holds a
// modifier; Space talks while it is held, as long as no control has the focus.
import { onBeforeUnmount, onMounted } from 'vue'
import { toggleFullscreen } from '@/composables/fullscreen'
import { closes } from '@/composables/keys'
import type { Room } from './useRoom'

export interface ShortcutActions {
  turn: (step: number) => void
  help: () => void
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
}

/** Keys that scroll, pressed in something that can be scrolled. */
function isScrolling(event: KeyboardEvent): boolean {
  if (![' ', 'PageUp', 'PageDown'].includes(event.key)) return false
  for (let at = event.target as Element | null; at instanceof HTMLElement; at = at.parentElement) {
    const scrolls = /auto|scroll/.test(getComputedStyle(at).overflowY)
    if (scrolls && at.scrollHeight > at.clientHeight) return true
  }
  return false
}

export function useShortcuts(room: Room, actions: ShortcutActions): void {
  let talking = false

  const plain: Record<string, () => void> = {
    m: () => void room.toggle('mic'),
    v: () => void room.toggle('camera'),
    h: () => room.toggleHand(),
    c: () => room.togglePanel('chat'),
    p: () => room.togglePanel('people'),
    g: () => {
      room.view.layout = room.view.layout === 'gallery' ? 'speaker' : 'gallery'
      room.pinned.value = null
    },
    f: () => toggleFullscreen(document.documentElement),
    arrowleft: () => actions.turn(-1),
    pageup: () => actions.turn(-1),
    arrowright: () => actions.turn(1),
    pagedown: () => actions.turn(1),
    '?': () => actions.help(),
  }

  function down(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    if (isScrolling(event)) return
    if (document.querySelector('dialog[open]')) return
    if (event.key === ' ') {
      const onControl = event.target instanceof HTMLElement && event.target.matches('button, a')
      if (onControl || event.repeat || talking || room.localState('mic') !== 'off') return
      event.preventDefault()
      talking = true
      void room.toggle('mic')
      return
    }
    const close = closes(event) ? () => (room.panel.value = null) : undefined
    const action = event.repeat ? undefined : (close ?? plain[event.key.toLowerCase()])
    if (!action) return
    event.preventDefault()
    action()
  }

  function up(event: KeyboardEvent): void {
    if (event.key === ' ') release()
  }

  /** Also when the window loses the keyboard: the key going up is then somebody else's. */
  function release(): void {
    if (!talking) return
    talking = false
    room.local.turnOff('mic')
  }

  onMounted(() => {
    addEventListener('keydown', down)
    addEventListener('keyup', up)
    addEventListener('blur', release)
    document.addEventListener('visibilitychange', release)
  })
  onBeforeUnmount(() => {
    removeEventListener('keydown', down)
    removeEventListener('keyup', up)
    removeEventListener('blur', release)
    document.removeEventListener('visibilitychange', release)
  })
}
