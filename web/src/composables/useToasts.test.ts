import { expect, it, vi } from 'vitest'
import { toast, toasts, withdrawOffers } from './useToasts'

it('takes back what can no longer be done, and keeps what was said', () => {
  vi.useFakeTimers()
  toast('已移出', 'good', { label: '允许其进入', run: () => undefined })
  toast('会议已结束')
  withdrawOffers()
  expect(toasts.map(({ text }) => text)).toEqual(['会议已结束'])
  vi.useRealTimers()
})
