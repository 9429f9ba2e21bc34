// What the roles are called. They are named on the pages of the staff and, of oneself, around every page.
import type { PersonRole } from '@/domain/person/gen'

export const roleZh: Record<PersonRole, string> = {
  member: '委员',
  staff: '工作人员',
  liaison: '委员联络',
  committee: '专委会',
  proposals: '提案委',
  opinions: '社情民意',
  office: '办公室',
  leader: '审批领导（秘书长、主席会议成员）',
  supervisor: '交办督查',
  unit: '承办单位',
  unit_head: '承办单位分管领导',
  station: '委员工作站',
  convener: '界别召集人',
  system_admin: '系统管理员',
  security_admin: '安全管理员',
  audit_admin: '审计管理员',
}

export const roleEn: Record<PersonRole, string> = {
  member: 'Member',
  staff: 'Staff',
  liaison: 'Member liaison',
  committee: 'Special committee',
  proposals: 'Proposal office',
  opinions: 'Public opinion office',
  office: 'General office',
  leader: 'Leader who approves',
  supervisor: 'Assigning and supervising office',
  unit: 'Handling unit',
  unit_head: 'Head of a handling unit',
  station: 'Member station',
  convener: 'Sector convener',
  system_admin: 'System administrator',
  security_admin: 'Security administrator',
  audit_admin: 'Audit administrator',
}

/** The same words under keys of a dictionary. */
export function prefixed<Prefix extends string, Key extends string>(
  prefix: Prefix,
  words: Record<Key, string>,
): Record<`${Prefix}${Key}`, string> {
  const entries = Object.entries<string>(words).map(([key, text]) => [prefix + key, text])
  return Object.fromEntries(entries) as Record<`${Prefix}${Key}`, string>
}
