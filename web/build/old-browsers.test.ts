import { beforeAll, expect, it } from 'vitest'
import { compatData, featureAt, missingIn } from './browsers.ts'
import { scriptUses, takenAway } from './script-features.ts'
import { styleUses } from './style-features.ts'

const tooNew = (code: string) => scriptUses(code).filter(({ guarded }) => !guarded).map(({ feature }) => feature)
const lost = (css: string) => styleUses(css).map(({ feature }) => feature)

// 20 MB of data are read once.
beforeAll(() => void compatData(), 60_000)

it('knows since when a browser has a feature', () => {
  expect(missingIn(featureAt('api', 'AbortSignal', 'timeout_static')!).join()).toContain('safari_ios 15 (since 16)')
  expect(missingIn(featureAt('api', 'AbortController')!)).toEqual([])
  expect(missingIn(featureAt('css', 'selectors', 'has')!).join()).toContain('firefox 115 (since 121)')
})

it('finds what is newer than the list in a script', () => {
  expect(tooNew('fetch("/", { signal: AbortSignal.timeout(5) })')).toEqual(['api.AbortSignal.timeout_static'])
  expect(tooNew('const last = list.findLast((one) => one.on)')).toEqual(['javascript.builtins.Array.findLast'])
  expect(tooNew('const copy = structuredClone(one)')).toEqual(['api.structuredClone'])
  expect(tooNew('navigator.wakeLock.request("screen")')).toContain('api.Navigator.wakeLock')
  expect(tooNew('class A { static { this.b = 1 } }')).toEqual(['javascript.classes.static.initialization_blocks'])
  expect(tooNew('const words = /(?<=a)b/.exec(text)')).toEqual(['javascript.regular_expressions.lookbehind_assertion'])
  expect(tooNew('create("main", { inert: true })')).toEqual(['html.global_attributes.inert'])
})

it('accepts what is old, what is its own, and what looks first', () => {
  expect(tooNew('const signal = new AbortController().signal; fetch("/", { signal }).then((r) => r?.ok ?? false)')).toEqual([])
  expect(tooNew('class A { findLast() {} } new A().findLast()')).toEqual([])
  expect(tooNew('panel.showPopover?.()')).toEqual([])
  expect(tooNew('navigator.wakeLock?.request("screen")')).toEqual([])
  expect(tooNew('if ("setSinkId" in element) element.setSinkId("")')).toEqual([])
  expect(tooNew('if (line.setHeaderExtensionsToNegotiate) line.setHeaderExtensionsToNegotiate([])')).toEqual([])
})

it('finds what is newer than the list in a style sheet, unless it falls back', () => {
  expect(lost('.a:has(.b) { color: red }')).toEqual(['css.selectors.has'])
  expect(lost('.a { height: 100dvh }')).toEqual(['css.types.length.viewport_percentage_units_dynamic'])
  expect(lost('.a { height: 100vh; height: 100dvh }')).toEqual([])
  expect(lost('.a { color: color-mix(in srgb, red, blue) }')).toEqual(['css.types.color.color-mix'])
  expect(lost('@supports (height: 1dvh) { .a { height: 100dvh } }')).toEqual([])
  expect(lost('@container (max-width: 9px) { .a { color: red } }')).toEqual(['css.at-rules.container'])
  expect(lost('.a { translate: 1px }')).toEqual(['css.properties.translate'])
})

it('lists what a test takes away from a newer browser', () => {
  const { globals, members } = takenAway()
  expect(globals).toContain('structuredClone')
  expect(globals).not.toContain('RTCPeerConnection')
  expect(members).toContainEqual({ type: 'AbortSignal', name: 'timeout', of: 'type' })
  expect(members).toContainEqual({ type: 'HTMLElement', name: 'showPopover', of: 'instance' })
})
