// Printed by `yishid --print web/job` of what the server declares (server/domain/job).
import type { ListQuery, SubjectMeta } from '@/model/meta'

export type JobName = 'purge' | 'due' | 'recordings' | 'search_index' | 'search_tidy'
export type JobResult = 'ok' | 'failed'
export type JobVerb = never

export interface Job {
  name: string
  last_started_at: number
  last_ended_at: number
  next_at: number | null
  result: JobResult
  message: string | null
  failures: number
  may: JobVerb[]
}

export interface JobJobsQuery extends ListQuery {
  sort?: 'name' | '-name' | 'last_ended_at' | '-last_ended_at'
}

export interface JobTypes {
  row: Job
  lists: {
    jobs: JobJobsQuery
  }
  forms: {}
}

export const job = {
  name: 'job',
  fields: {
    name: { type: 'word', of: ['purge', 'due', 'recordings', 'search_index', 'search_tidy'], said: true },
    last_started_at: { type: 'time' },
    last_ended_at: { type: 'time' },
    next_at: { type: 'time', optional: true },
    result: { type: 'word', of: ['ok', 'failed'] },
    message: { type: 'text', least: 0, most: 500, optional: true },
    failures: { type: 'int', least: 0, most: 2147483647 },
  },
  lists: { jobs: { path: '/jobs', sort: ['name', '-last_ended_at'], filter: [], most: 200 } },
  forms: {},
  states: [],
  steps: {},
  words: {
    zh: {
      job: '定时任务',
      name: '名称',
      'name.purge': '清理过期的会话和未用的附件',
      'name.due': '提醒临近和逾期的期限',
      'name.recordings': '移除保存期满的录制',
      'name.search_index': '把已有记录补进搜索',
      'name.search_tidy': '整理搜索索引',
      last_started_at: '上次开始',
      last_ended_at: '上次结束',
      next_at: '下次运行',
      result: '结果',
      'result.ok': '成功',
      'result.failed': '失败',
      message: '失败原因',
      failures: '连续失败次数',
      'list.jobs': '定时任务',
      'verb.read': '查看',
      'verb.export': '导出',
    },
    en: {
      job: 'Job',
      name: 'Name',
      'name.purge': 'Clearing what is over: sessions, files that no record took',
      'name.due': 'Telling of what is due soon and overdue',
      'name.recordings': 'Removing recordings that were kept long enough',
      'name.search_index': 'Taking older records into the search',
      'name.search_tidy': 'Tidying the search index',
      last_started_at: 'Last begun',
      last_ended_at: 'Last ended',
      next_at: 'Next',
      result: 'Result',
      'result.ok': 'Done',
      'result.failed': 'Failed',
      message: 'Why it failed',
      failures: 'Failures in a row',
      'list.jobs': 'Jobs',
      'verb.read': 'See',
      'verb.export': 'Export',
    },
  },
} as const satisfies SubjectMeta
