-- When notices leave the house, which the program itself said until now: the values are the same.
insert into setting_value (id, key, value, created_at)
select lower(hex(randomblob(8))), c.key, c.value, 0
from (select 'notice_digest_morning' as key, '08:30' as value
  union all select 'notice_digest_afternoon', '16:00'
  union all select 'notice_quiet_from', '21:30'
  union all select 'notice_quiet_to', '07:30'
  union all select 'notice_escalate_hours', '24'
  union all select 'notice_merge_min', '30') c;
