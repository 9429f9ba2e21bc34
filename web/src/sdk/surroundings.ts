// Where the page runs, as far as it changes what a person has to do: inside another app (whose web view may lack
// cameras, or all of WebRTC), on a phone, on a computer.

export type App = 'wechat' | 'wecom' | 'dingtalk' | 'feishu' | 'qq' | 'other'
export type Surroundings = 'app' | 'ios' | 'android' | 'desktop'

/** The more special name first: WeCom calls itself WeChat too. */
const APPS: readonly [RegExp, App][] = [
  [/wxwork/i, 'wecom'],
  [/MicroMessenger/i, 'wechat'],
  [/DingTalk/i, 'dingtalk'],
  [/Lark|Feishu/i, 'feishu'],
  [/\bQQ\//i, 'qq'],
  [/AlipayClient|Weibo|baiduboxapp|; wv\)/i, 'other'],
]

/** The app in whose web view the page runs; null in a browser. Web views of iOS do not call themselves Safari. */
export function appOf(agent: string): App | null {
  const found = APPS.find(([name]) => name.test(agent))
  if (found) return found[1]
  return /iPhone|iPad/.test(agent) && !/Safari\//.test(agent) ? 'other' : null
}

export function surroundingsOf(agent: string): Surroundings {
  if (appOf(agent)) return 'app'
  if (/iPhone|iPad/.test(agent)) return 'ios'
  return /Android|HarmonyOS/.test(agent) ? 'android' : 'desktop'
}

/** Whether picture and sound are possible at all. Some apps and privacy settings take WebRTC away. */
export const canMeet = (): boolean => typeof RTCPeerConnection !== 'undefined' && typeof WebSocket !== 'undefined'
