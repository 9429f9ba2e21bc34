// Printed by `yishid --print web/job` of what the server declares (server/domain/job).
import type { ListQuery, SubjectMeta } from '@/model/meta'

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
      last_started_at: '上次开始',
      last_ended_at: '上次结束',
      next_at: '下次运行',
      result: '结果',
      'result.ok': '成功',
      'result.failed': '失败',
      message: '失败原因',
      failures: '连续失败次数',
      'list.jobs': '定时任务',
      'sort.name': '名称',
      'verb.read': '查看',
    },
    en: {
      job: 'Job',
      last_started_at: 'Last begun',
      last_ended_at: 'Last ended',
      next_at: 'Next',
      result: 'Result',
      'result.ok': 'Done',
      'result.failed': 'Failed',
      message: 'Why it failed',
      failures: 'Failures in a row',
      'list.jobs': 'Jobs',
      'sort.name': 'Name',
      'verb.read': 'See',
    },
  },
} as const satisfies SubjectMeta
