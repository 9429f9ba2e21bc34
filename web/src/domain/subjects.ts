// Printed by `yishid --print web`: every kind of record that the server declares.
import { person } from '@/domain/person/gen'
import { org } from '@/domain/org/gen'
import { post } from '@/domain/post/gen'
import { audit } from '@/domain/audit/gen'
import { meeting } from '@/domain/meeting/gen'
import { invitation } from '@/domain/invitation/gen'
import { attendance } from '@/domain/attendance/gen'
import { recording } from '@/domain/recording/gen'
import { event } from '@/domain/event/gen'
import { chat } from '@/domain/chat/gen'
import { role_holder } from '@/domain/role_holder/gen'
import { dict_item } from '@/domain/dict_item/gen'
import { term } from '@/domain/term/gen'
import { term_session } from '@/domain/term_session/gen'
import { calendar_year } from '@/domain/calendar_year/gen'
import { notice } from '@/domain/notice/gen'
import { inbox } from '@/domain/inbox/gen'
import { delivery } from '@/domain/delivery/gen'
import { push_device } from '@/domain/push_device/gen'
import { setting } from '@/domain/setting/gen'
import { job } from '@/domain/job/gen'
import { session } from '@/domain/session/gen'
import { login_failure } from '@/domain/login_failure/gen'
import { saved_view } from '@/domain/saved_view/gen'
import { integration } from '@/domain/integration/gen'
import { paper_template } from '@/domain/paper_template/gen'
import { absence } from '@/domain/absence/gen'
import { deadline_rule } from '@/domain/deadline_rule/gen'
import { member_profile } from '@/domain/member_profile/gen'
import { change_request } from '@/domain/change_request/gen'
import { import_plan } from '@/domain/import_plan/gen'
import { import_row } from '@/domain/import_row/gen'
import { member_change } from '@/domain/member_change/gen'
import { term_file } from '@/domain/term_file/gen'
import { person_merge } from '@/domain/person_merge/gen'
import { delegation } from '@/domain/delegation/gen'

export const subjects = [
  person,
  org,
  post,
  audit,
  meeting,
  invitation,
  attendance,
  recording,
  event,
  chat,
  role_holder,
  dict_item,
  term,
  term_session,
  calendar_year,
  notice,
  inbox,
  delivery,
  push_device,
  setting,
  job,
  session,
  login_failure,
  saved_view,
  integration,
  paper_template,
  absence,
  deadline_rule,
  member_profile,
  change_request,
  import_plan,
  import_row,
  member_change,
  term_file,
  person_merge,
  delegation,
] as const
