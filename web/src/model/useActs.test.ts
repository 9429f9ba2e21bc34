import { expect, it } from 'vitest'
import { defineComponent } from 'vue'
import { member_profile } from '@/domain/member_profile/gen'
import type { Act } from './acts'
import type { Row } from './row'
import { useActs } from './useActs'

const row: Row = { id: 'm1', may: [] }

it('asks by the act’s own dialog where it has one, and the row is read again after it', async () => {
  const stale: Row[] = []
  const { asking, start, asked, close } = useActs(member_profile, { changed: () => undefined, stale: (one) => stale.push(one) })
  const act: Act = { name: 'suspend', verb: '', label: () => '中止', dialog: defineComponent({}) }
  await start(act, row)
  expect(asking.value).toEqual({ act, row })
  close()
  expect([asking.value, stale]).toEqual([null, []])
  await start(act, row)
  asked()
  expect([asking.value, stale]).toEqual([null, [row]])
})
