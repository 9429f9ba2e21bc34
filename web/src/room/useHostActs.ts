// What a host does for everybody, from whichever menu: done, and said.
import { toast } from '@/composables/useToasts'
import { t } from '@/i18n'
import type { Room } from './useRoom'

export function useHostActs(room: Room) {
  async function muteAll(): Promise<void> {
    if (await room.ask('mute', { pid: null, source: 'mic' })) toast(t('host.all_muted'), 'good')
  }
  async function lowerAll(): Promise<void> {
    if (await room.ask('lower', { pid: null })) toast(t('host.all_lowered'), 'good')
  }
  return { muteAll, lowerAll }
}
