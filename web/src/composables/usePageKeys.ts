// Keys of one letter that a page understands: only while nobody types, no dialog lies over it and no other key is held.
import { onBeforeUnmount, onMounted } from 'vue'
import { ofInputMethod } from './keys'
import { covered } from './useCovered'

const TYPES = 'input:not([type=checkbox]), textarea, select, [contenteditable], [popover]'

export const isPageKey = (event: KeyboardEvent): boolean =>
  !(event.target as Element).closest?.(TYPES) && covered.value === 0 && !event.ctrlKey && !event.metaKey && !event.altKey && !ofInputMethod(event)

export function usePageKeys(pressed: (event: KeyboardEvent) => void): void {
  const listen = (event: KeyboardEvent) => void (isPageKey(event) && pressed(event))
  onMounted(() => document.addEventListener('keydown', listen, true))
  onBeforeUnmount(() => document.removeEventListener('keydown', listen, true))
}
