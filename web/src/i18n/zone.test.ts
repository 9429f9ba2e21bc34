import { afterEach, describe, expect, it } from 'vitest'
import { dateTime, isToday, span, time } from './format'
import { atWallTime, dayNumber, pickerDate, setTimeZone, timeZone, wallTime } from './zone'

afterEach(() => setTimeZone(undefined))

describe('the configured zone', () => {
  const at = Date.UTC(2026, 6, 1, 16, 30)

  it('writes times of that zone, wherever the viewer is', () => {
    setTimeZone('Asia/Shanghai')
    expect(time(at)).toBe('00:30')
    expect(dateTime(at)).toContain('2026/07/02')
    setTimeZone('America/New_York')
    expect(time(at)).toBe('12:30')
  })

  it('counts days in it', () => {
    setTimeZone('Asia/Shanghai')
    expect(isToday(at, Date.UTC(2026, 6, 1, 15, 30))).toBe(false)
    expect(isToday(at, Date.UTC(2026, 6, 2, 15, 30))).toBe(true)
    expect(span(Date.UTC(2026, 6, 1, 15, 0), at)).toContain('7月2日')
    setTimeZone('UTC')
    expect(span(Date.UTC(2026, 6, 1, 15, 0), at)).toBe('15:00 – 16:30')
    expect(dayNumber(at) - dayNumber(at - 86_400_000)).toBe(1)
  })

  it('leads from a wall clock to a time and back, with the offset of the date', () => {
    for (const zone of ['Asia/Shanghai', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Kiritimati', 'UTC']) {
      setTimeZone(zone)
      for (let day = 0; day < 400; day += 7) {
        const when = Date.UTC(2026, 0, 1, 5, 17) + day * 86_400_000
        expect(atWallTime(wallTime(when))).toBe(when)
      }
    }
    setTimeZone('Europe/Berlin')
    expect(atWallTime({ year: 2026, month: 7, day: 1, hour: 9, minute: 0 })).toBe(Date.UTC(2026, 6, 1, 7))
    expect(atWallTime({ year: 2026, month: 12, day: 1, hour: 9, minute: 0 })).toBe(Date.UTC(2026, 11, 1, 8))
  })

  it('gives a picker what a clock there shows', () => {
    setTimeZone('Asia/Shanghai')
    const date = pickerDate(at)
    expect([date.getMonth(), date.getDate(), date.getHours(), date.getMinutes()]).toEqual([6, 2, 0, 30])
  })

  it('keeps the viewer’s own when the browser does not know it', () => {
    setTimeZone('Asia/Atlantis')
    expect(timeZone.value).toBe(undefined)
  })
})
