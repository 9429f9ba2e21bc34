// Who was told of a record, and who has read it: for whoever works on the record.
import { api } from '@/composables/useSession'
import { dateTime } from '@/i18n/format'
import { st } from '@/i18n/staff'
import { holds } from '@/model/held'
import type { Page, SubjectMeta } from '@/model/meta'
import type { Row } from '@/model/row'
import { wordOf } from '@/model/words'
import { queryString } from '@/sdk/api'
import { delivery } from '../delivery/gen'
import { notice, type Notice } from './gen'

const tellsOf = (of: SubjectMeta): boolean => Object.keys(of.words.zh).some((key) => key.startsWith('notice.'))
const asked = (of: SubjectMeta, id: string, limit: number) => notice.lists.of_record.path + queryString({ subject: of.name, record: id, limit })

/** Of how many entries of inboxes he may see whether they were read; 0 of what is not his to follow. */
export async function countSeen(of: SubjectMeta, id: string): Promise<number> {
  if (!tellsOf(of) || !holds('notice', 'follow')) return 0
  const page = await api.inBackground(() => api.request<Page<Row>>('GET', asked(of, id, 1))).catch(() => null)
  return page?.total ?? 0
}

export const readSeen = async (of: SubjectMeta, id: string): Promise<Notice[]> =>
  (await api.request<Page<Notice>>('GET', asked(of, id, notice.lists.of_record.most))).items

/** What they were told, without what only they may know. */
export function toldText(of: SubjectMeta, { code }: Pick<Notice, 'code'>): string {
  const text = wordOf(of, `notice.${code.slice(code.indexOf('.') + 1)}`) ?? code
  return text.replace(/\{\w+\}/g, '…')
}

/** "站内消息；短信：已发送 3月2日 09:10" */
export const waysText = ({ ways }: Pick<Notice, 'ways'>): string =>
  [
    st('seen.inbox'),
    ...(ways ?? []).map(({ channel, state, at }) =>
      st('seen.way', { channel: wordOf(delivery, `channel.${channel}`) ?? channel, state: wordOf(delivery, `state.${state}`) ?? state, at: dateTime(at) }),
    ),
  ].join(st('seen.parted'))
