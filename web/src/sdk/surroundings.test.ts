import { expect, it } from 'vitest'
import { appOf, surroundingsOf } from './surroundings'

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 15_8 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const ANDROID = 'Mozilla/5.0 (Linux; Android 12; P50) AppleWebKit/537.36 (KHTML, like Gecko)'

it('knows the apps in whose web views links are opened', () => {
  expect(appOf(`${IPHONE} Mobile/15E148 MicroMessenger/8.0.42(0x18002a2f) NetType/WIFI Language/zh_CN`)).toBe('wechat')
  expect(appOf(`${ANDROID} Version/4.0 Chrome/111.0 Mobile Safari/537.36 XWEB/1110 MMWEBSDK/2023 MicroMessenger/8.0.42`)).toBe('wechat')
  expect(appOf(`${ANDROID} Chrome/111.0 Mobile Safari/537.36 wxwork/4.1.20 MicroMessenger/7.0.1`)).toBe('wecom')
  expect(appOf(`${ANDROID} Chrome/100.0 Mobile Safari/537.36 AliApp(DingTalk/7.0.40)`)).toBe('dingtalk')
  expect(appOf(`${IPHONE} Mobile/15E148`)).toBe('other')
})

it('knows browsers', () => {
  expect(surroundingsOf(`${IPHONE} Version/15.8 Mobile/15E148 Safari/604.1`)).toBe('ios')
  expect(surroundingsOf(`${ANDROID} Chrome/120.0 Mobile Safari/537.36`)).toBe('android')
  expect(surroundingsOf('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/91.0 Safari/537.36')).toBe('desktop')
  expect(surroundingsOf(`${ANDROID} MicroMessenger/8.0`)).toBe('app')
})
