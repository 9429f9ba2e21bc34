// The dictionaries that an office keeps (字典): what may be chosen today, and the words of what was
// chosen at any time. Each is asked for once, when it is first shown.
import { shallowReactive } from 'vue'
import { api } from '@/composables/useSession'
import { locale } from '@/i18n'
import type { DictItem } from '@/domain/dict_item/gen'
import type { Row } from './row'
import { readAll } from './records'

const ITEMS_MOST = 1000
const offered = shallowReactive(new Map<string, DictItem[]>())
const all = shallowReactive(new Map<string, DictItem[]>())
const asked = new Set<string>()

function ask(kept: Map<string, DictItem[]>, path: string, dict: string): void {
  const key = `${path} ${dict}`
  if (asked.has(key)) return
  asked.add(key)
  const address = `${path}?dict=${encodeURIComponent(dict)}&limit=${ITEMS_MOST}`
  api
    .inBackground(() => readAll(address, ITEMS_MOST))
    .then((items: Row[]) => kept.set(dict, items as unknown as DictItem[]))
    .catch(() => asked.delete(key))
}

const label = (item: DictItem): string => (locale.value === 'zh' ? item.label_zh : item.label_en)

/** Reactive: empty until they are here. */
export function dictChoices(dict: string): { value: string; text: string }[] {
  ask(offered, '/dict_items', dict)
  return (offered.get(dict) ?? []).map((item) => ({ value: item.code, text: label(item) }))
}

/** Reactive: the code itself until its words are here. */
export function dictText(dict: string, code: string): string {
  ask(all, '/dict_items/all', dict)
  const items = (all.get(dict) ?? []).filter((one) => one.code === code)
  const last = items[items.length - 1]
  return last ? label(last) : code
}
