import { expect, it } from 'vitest'
import { ref } from 'vue'
import type { LocalSource, LocalState } from '@/sdk/local'
import type { Participant } from '@/sdk/protocol'
import { useDeviceButton } from './useDeviceButton'
import { useOwnState } from './useOwnState'

function setUp(states: Record<LocalSource, LocalState>) {
  const room = {
    localState: (source: LocalSource) => states[source],
    floor: ref<string | null>(null),
    pid: ref('me'),
    hands: ref<Participant[]>([]) as never,
  }
  const words = (source: LocalSource) => useDeviceButton(room, source).button.value.label.replace('\u200b', '')
  return { own: useOwnState(room), words, busy: (source: LocalSource) => useDeviceButton(room, source).button.value.busy }
}

it('does not call a device off that is just being opened', () => {
  const { own, words, busy } = setUp({ mic: 'starting', camera: 'starting' })
  expect([words('mic'), words('camera')]).toEqual(['正在打开麦克风', '正在打开摄像头'])
  expect(busy('mic') && busy('camera')).toBe(true)
  expect([own.mic.value, own.heard.value, own.seen.value]).toEqual(['starting', '正在打开麦克风，别人还听不到您', '正在打开摄像头'])
})

it('says what pressing does when it is on, off or in trouble', () => {
  expect(setUp({ mic: 'on', camera: 'off' }).words('mic')).toBe('关闭麦克风')
  const denied = setUp({ mic: 'denied', camera: 'off' })
  expect([denied.words('mic'), denied.words('camera'), denied.busy('mic')]).toEqual(['打开麦克风', '打开摄像头', false])
  expect(denied.own.heard.value).toBe('您已静音，别人听不到您')
})
