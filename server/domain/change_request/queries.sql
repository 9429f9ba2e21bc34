-- See change_request.c.
--: row
select {c}, c.version, c.created_at,
  replace(c.asked_on, '-', '') || printf('-%04d', c.number) as "serial_no:text", p.id as "person.id", p.name as "person.name",
  d.id as "decided_by.id", d.name as "decided_by.name"
from change_request c join person p on p.id = c.person left join person d on d.id = c.decided_by
--: scope own
c.person = @me
--: scope party
c.person = @me or c.created_by = @me
--: where pending
c.state = 'pending'
--: where of_person
c.person = :person
--: sort created_at
c.created_at
--: get target
select p.id as holder, m.id as profile,
  exists (select 1 from change_request c where c.person = p.id and c.field = @about
    and c.state = 'pending') as pending,
  case @about when 'name' then p.name
    when 'sex' then m.sex when 'birth_date' then m.birth_date when 'nation' then m.nation
    when 'native_place' then m.native_place when 'education' then m.education
    when 'political_affiliation' then m.political_affiliation when 'work_unit' then m.work_unit
    when 'work_title' then m.work_title when 'unit_kind' then m.unit_kind
    when 'in_system' then iif(m.in_system, 'true', iif(m.in_system is null, null, 'false'))
    when 'social_posts' then m.social_posts when 'honours' then m.honours
    when 'expertise' then m.expertise when 'focus' then m.focus
    when 'phone' then m.phone end as value
from person p left join member_profile m on m.person = p.id where p.id = @whose
--: run accept
update change_request set decided_by = @me where id = @id
--: run refuse
update change_request set decided_by = @me where id = @id
--: people register
select h.person, (select p.name from change_request c join person p on p.id = c.person
  where c.id = @id) as name
from person_role h where h.role in ('liaison', 'staff')
--: people due
select h.person, (select p.name from change_request c join person p on p.id = c.person
  where c.id = @id) as name, @until as until
from person_role h where h.role in ('liaison', 'staff')
--: people asker
select c.person, c.note from change_request c where c.id = @id
--: get printed
-- What it was and shall be, in words: of a dictionary, of a word, a day, yes or no, or as it is.
select m.code,
  iif(c.plain, c.old, (select iif(@words = 'en', i.label_en, i.label_zh) from dict_item i
    where i.dict = c.field and i.code = c.old order by i.valid_from desc limit 1)) as old_text,
  iif(c.plain, c.new, (select iif(@words = 'en', i.label_en, i.label_zh) from dict_item i
    where i.dict = c.field and i.code = c.new order by i.valid_from desc limit 1)) as new_text,
  iif(c.field = 'sex', c.old, null) as "old_word:member_profile.sex",
  iif(c.field = 'sex', c.new, null) as "new_word:member_profile.sex",
  iif(c.field = 'birth_date', c.old, null) as "old_day:date",
  iif(c.field = 'birth_date', c.new, null) as "new_day:date",
  iif(c.field = 'in_system', c.old = 'true', null) as "old_bool:bool",
  iif(c.field = 'in_system', c.new = 'true', null) as "new_bool:bool"
from (select *, field not in ('sex', 'birth_date', 'in_system', 'political_affiliation', 'unit_kind')
    as plain from change_request where id = @id) c
left join member_profile m on m.person = c.person
