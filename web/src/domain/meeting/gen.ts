// Printed by `yishid --print web/meeting` of what the server declares (server/domain/meeting).
import type { ListQuery, Several, SubjectMeta } from '@/model/meta'

export type MeetingType = 'consultation'
export type MeetingMyCapacity = 'attend' | 'observe' | 'invited' | 'host'
export type MeetingWhose = 'mine'
export type MeetingVerb =
  | 'open'
  | 'end'
  | 'run'
  | 'cancel'
  | 'export'
  | 'edit'
  | 'invite'
  | 'hand_out'
  | 'move_window'
  | 'reopen'
export type MeetingState = 'scheduled' | 'live' | 'ended' | 'cancelled'

export interface Meeting {
  id: string
  state: MeetingState
  title: string
  topic: string
  type: MeetingType
  planned_start: number
  planned_end: number
  opened_at: number | null
  ended_at: number | null
  auto_record: boolean
  version: number
  host: {
    id: string
    name: string
  }
  my: {
    capacity: MeetingMyCapacity | null
  }
  counts: {
    expected: number
    here: number
    came: number | null
    attended: number | null
  }
  recordings: number
  reopen_until: number | null
  may: MeetingVerb[]
}

export interface MeetingCreate {
  title: string
  topic?: string
  planned_start: number
  planned_end: number
  host: string
  type?: MeetingType
  auto_record?: boolean
  invitations?: { person?: string | null; guest_name?: string | null; organisation?: string | null; capacity: 'attend' | 'observe' | 'invited' | 'host'; expires_at?: number | null }[]
}

export interface MeetingEdit {
  title?: string
  topic?: string
  planned_start?: number
  planned_end?: number
  host?: string
  auto_record?: boolean
}

export interface MeetingHandOut {
  chosen?: string[]
}

export interface MeetingMoveWindow {
  window_from: number
  window_to: number
  window_reason: string
}

export interface MeetingReadAnswer extends Meeting {
  present_s: number
}

export interface MeetingHandOutAnswer extends Meeting {
  links: { invitation: string; link: string }[]
}

export interface MeetingLiveQuery extends ListQuery {
  sort?: 'planned_start' | '-planned_start'
  whose?: Several<MeetingWhose>
}

export interface MeetingTodayQuery extends ListQuery {
  sort?: 'planned_start' | '-planned_start'
  whose?: Several<MeetingWhose>
}

export interface MeetingUpcomingQuery extends ListQuery {
  sort?: 'planned_start' | '-planned_start'
  whose?: Several<MeetingWhose>
}

export interface MeetingPastQuery extends ListQuery {
  sort?: 'planned_start' | '-planned_start'
  whose?: Several<MeetingWhose>
}

export interface MeetingMeetingsQuery extends ListQuery {
  sort?: 'planned_start' | '-planned_start'
  whose?: Several<MeetingWhose>
}

export interface MeetingTypes {
  row: Meeting
  lists: {
    live: MeetingLiveQuery
    today: MeetingTodayQuery
    upcoming: MeetingUpcomingQuery
    past: MeetingPastQuery
    meetings: MeetingMeetingsQuery
  }
  forms: {
    create: MeetingCreate
    edit: MeetingEdit
    hand_out: MeetingHandOut
    move_window: MeetingMoveWindow
    open: object
    end: object
    cancel: object
    reopen: object
  }
}

export const meeting = {
  name: 'meeting',
  fields: {
    title: { type: 'text', least: 1, most: 200 },
    topic: { type: 'text', least: 0, most: 2000, lines: true },
    type: { type: 'word', of: ['consultation'] },
    planned_start: { type: 'time' },
    planned_end: { type: 'time' },
    opened_at: { type: 'time', optional: true },
    ended_at: { type: 'time', optional: true },
    host: { type: 'ref', of: 'person' },
    auto_record: { type: 'bool' },
    invitations: { type: 'list', least: 0, most: 1000, said: true },
    chosen: { type: 'ids', least: 1, most: 1000, said: true },
    links: { type: 'list', least: 0, most: 1000, said: true },
    my_capacity: { type: 'word', of: ['attend', 'observe', 'invited', 'host'], optional: true, said: true },
    whose: { type: 'word', of: ['mine'], said: true },
    present_s: { type: 'int', least: 0, most: 2147483647, said: true },
    window_from: { type: 'time', said: true },
    window_to: { type: 'time', said: true },
    window_reason: { type: 'text', least: 1, most: 500, lines: true, said: true },
  },
  lists: {
    live: { path: '/meetings/live', sort: ['planned_start'], filter: ['whose'], most: 200 },
    today: { path: '/meetings/today', sort: ['planned_start'], filter: ['whose'], most: 200 },
    upcoming: { path: '/meetings/upcoming', sort: ['planned_start'], filter: ['whose'], most: 200 },
    past: { path: '/meetings/past', sort: ['-planned_start'], filter: ['whose'], most: 200 },
    meetings: { path: '/meetings', sort: ['-planned_start'], filter: ['whose'], most: 200 },
  },
  one: '/meetings/{meeting}',
  events: '/meetings/{meeting}/history',
  papers: {
    notice: { path: '/meetings/{meeting}/papers/notice', verb: 'read' },
    sign_in: { path: '/meetings/{meeting}/papers/sign_in', verb: 'export' },
  },
  forms: {
    create: {
      method: 'POST',
      path: '/meetings',
      verb: 'create',
      fields: [
        { name: 'title', needed: true },
        { name: 'topic', needed: false },
        { name: 'planned_start', needed: true },
        { name: 'planned_end', needed: true },
        { name: 'host', needed: true },
        { name: 'type', needed: false },
        { name: 'auto_record', needed: false },
        { name: 'invitations', needed: false },
      ],
    },
    edit: {
      method: 'PATCH',
      path: '/meetings/{meeting}',
      verb: 'edit',
      fields: [
        { name: 'title', needed: false },
        { name: 'topic', needed: false },
        { name: 'planned_start', needed: false },
        { name: 'planned_end', needed: false },
        { name: 'host', needed: false },
        { name: 'auto_record', needed: false },
      ],
    },
    hand_out: {
      method: 'POST',
      path: '/meetings/{meeting}/links',
      verb: 'hand_out',
      fields: [{ name: 'chosen', needed: false }],
    },
    move_window: {
      method: 'POST',
      path: '/meetings/{meeting}/window',
      verb: 'move_window',
      fields: [
        { name: 'window_from', needed: true },
        { name: 'window_to', needed: true },
        { name: 'window_reason', needed: true },
      ],
    },
  },
  states: [
    { name: 'scheduled', open: true },
    { name: 'live', open: true },
    { name: 'ended' },
    { name: 'cancelled', final: true },
  ],
  steps: {
    open: {
      method: 'POST',
      path: '/meetings/{meeting}/open',
      verb: 'open',
      fields: [],
      from: ['scheduled'],
      to: 'live',
    },
    end: {
      method: 'POST',
      path: '/meetings/{meeting}/end',
      verb: 'end',
      fields: [],
      from: ['live'],
      to: 'ended',
    },
    cancel: {
      method: 'POST',
      path: '/meetings/{meeting}/cancel',
      verb: 'cancel',
      fields: [],
      from: ['scheduled'],
      to: 'cancelled',
    },
    reopen: {
      method: 'POST',
      path: '/meetings/{meeting}/reopen',
      verb: 'reopen',
      fields: [],
      from: ['ended'],
      to: 'live',
    },
  },
  words: {
    zh: {
      meeting: '会议',
      title: '会议名称',
      topic: '议题',
      type: '会议类型',
      'type.consultation': '协商会议',
      planned_start: '计划开始',
      planned_end: '计划结束',
      opened_at: '实际开始',
      ended_at: '实际结束',
      host: '主持人',
      auto_record: '自动录制',
      'auto_record.true': '自动录制',
      'auto_record.false': '不自动录制',
      invitations: '受邀人员',
      chosen: '所选的人',
      links: '个人链接',
      my_capacity: '本人参会身份',
      'my_capacity.attend': '出席',
      'my_capacity.observe': '列席',
      'my_capacity.invited': '特邀',
      'my_capacity.host': '主持',
      whose: '范围',
      'whose.mine': '我的会议',
      present_s: '本人在场秒数',
      window_from: '有效时段起',
      window_to: '有效时段止',
      window_reason: '调整时段的原因',
      'list.live': '正在进行',
      'list.today': '今天的会议',
      'list.upcoming': '以后的会议',
      'list.past': '以前的会议',
      'list.meetings': '全部会议',
      state: '状态',
      'state.scheduled': '未开始',
      'state.live': '进行中',
      'state.ended': '已结束',
      'state.cancelled': '已取消',
      'verb.read': '查看',
      'verb.open': '开始会议',
      'verb.end': '结束会议',
      'verb.run': '管理',
      'verb.cancel': '取消会议',
      'verb.export': '导出',
      'verb.edit': '修改',
      'verb.invite': '邀请',
      'verb.create': '新建会议',
      'verb.hand_out': '批量生成链接',
      'verb.move_window': '调整有效时段',
      'verb.reopen': '重新开启',
      'scope.invited': '受邀的会议',
      'scope.deputy': '协助主持的会议',
      'scope.host': '主持的会议',
      'scope.left': '自动结束未满半小时的会议',
      'code.window_outside': '有效时段要在会议开始和结束之间。',
      'paper.notice': '会议通知',
      'paper.notice.to': '各位委员、各有关单位：',
      'paper.notice.opening': '现定于近日召开“',
      'paper.notice.closing': '”，有关事项通知如下：',
      'paper.notice.from': '一、开始时间：',
      'paper.notice.until': '二、结束时间：',
      'paper.notice.host': '三、主持人：',
      'paper.notice.topic': '四、议题：',
      'paper.notice.how':
        '五、方式：远程会议。请使用本人的会议链接或登录系统入会，提前十分钟进入并检查话筒和摄像头。',
      'paper.notice.leave': '六、因故不能参加的，请提前向会议工作人员请假。',
      'paper.sign_in': '签到表',
      'paper.sign_in.no': '序号',
      'paper.sign_in.sector': '界别',
      'paper.sign_in.name': '姓名',
      'paper.sign_in.organisation': '单位',
      'paper.sign_in.signature': '签名',
    },
    en: {
      meeting: 'Meeting',
      title: 'Title',
      topic: 'Topic',
      type: 'Type',
      'type.consultation': 'Consultation',
      planned_start: 'Planned start',
      planned_end: 'Planned end',
      opened_at: 'Opened',
      ended_at: 'Ended',
      host: 'Host',
      auto_record: 'Records by itself',
      'auto_record.true': 'Records by itself',
      'auto_record.false': 'Does not record by itself',
      invitations: 'Invited',
      chosen: 'Whom',
      links: 'Personal links',
      my_capacity: "One's own capacity",
      'my_capacity.attend': 'Attends',
      'my_capacity.observe': 'Observes',
      'my_capacity.invited': 'Invited guest',
      'my_capacity.host': 'Presides',
      whose: 'Whose',
      'whose.mine': 'My own',
      present_s: 'Seconds that one was there',
      window_from: 'Window from',
      window_to: 'Window to',
      window_reason: 'Why the window is moved',
      'list.live': 'Live',
      'list.today': 'Today',
      'list.upcoming': 'Upcoming',
      'list.past': 'Past',
      'list.meetings': 'All meetings',
      state: 'State',
      'state.scheduled': 'Scheduled',
      'state.live': 'Live',
      'state.ended': 'Ended',
      'state.cancelled': 'Cancelled',
      'verb.read': 'See',
      'verb.open': 'Open',
      'verb.end': 'End',
      'verb.run': 'Run',
      'verb.cancel': 'Cancel',
      'verb.export': 'Export',
      'verb.edit': 'Edit',
      'verb.invite': 'Invite',
      'verb.create': 'Plan a meeting',
      'verb.hand_out': 'Make links of many',
      'verb.move_window': 'Move the effective window',
      'verb.reopen': 'Reopen',
      'scope.invited': 'Meetings that one is invited to',
      'scope.deputy': 'Meetings that one is a deputy in',
      'scope.host': 'Meetings that one presides in',
      'scope.left': 'Meetings that ended by themselves within half an hour',
      'code.window_outside': 'The window has to lie between the opening and the end of the meeting.',
      'paper.notice': 'Notice of a meeting',
      'paper.notice.to': 'To all who are invited:',
      'paper.notice.opening': 'You are invited to “',
      'paper.notice.closing': '”. The particulars are these.',
      'paper.notice.from': '1. It begins on',
      'paper.notice.until': '2. It ends on',
      'paper.notice.host': '3. Host:',
      'paper.notice.topic': '4. Topic:',
      'paper.notice.how':
        '5. It is held online. Come by your personal link or sign in, ten minutes before, and try microphone and camera.',
      'paper.notice.leave': '6. Who cannot come tells the meeting’s staff beforehand.',
      'paper.sign_in': 'Sign-in sheet',
      'paper.sign_in.no': 'No.',
      'paper.sign_in.sector': 'Sector',
      'paper.sign_in.name': 'Name',
      'paper.sign_in.organisation': 'Organisation',
      'paper.sign_in.signature': 'Signature',
    },
  },
} as const satisfies SubjectMeta
