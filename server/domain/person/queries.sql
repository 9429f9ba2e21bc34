-- See person.c. The name as others are shown it comes from a view, which compares namesakes.
--: row
select {p}, p.version,
  (select s.name from person_shown s where s.id = p.id) as "shown:text!",
  (select json_group_array(r.role) from person_role r where r.person = p.id) as "roles:json!",
  (select f.locked_until from login_failure f where f.person = p.id and f.locked_until > @now)
    as "locked_until:int",
  u.id as "merged_into.id", u.name as "merged_into.name"
from person p left join person u on u.id = p.merged_into
--: scope plain
p.kind not in ('staff', 'admin') and not exists
  (select 1 from person_role r where r.person = p.id and r.role <> 'member')
--: scope staff
p.kind <> 'admin' and not exists
  (select 1 from person_role r where r.person = p.id and r.role like '%\_admin' escape '\')
--: scope other
p.id <> @me
--: where listed
p.kind <> 'guest' and p.merged_into is null
--: filter q
p.name like '%' || replace(replace(replace(:q, '\', '\\'), '%', '\%'), '_', '\_') || '%' escape '\'
or p.login like '%' || replace(replace(replace(:q, '\', '\\'), '%', '\%'), '_', '\_') || '%' escape '\'
or p.sector like '%' || replace(replace(replace(:q, '\', '\\'), '%', '\%'), '_', '\_') || '%' escape '\'
or p.organisation like
  '%' || replace(replace(replace(:q, '\', '\\'), '%', '\%'), '_', '\_') || '%' escape '\'
-- As a name is typed without Chinese: the index has its pinyin and initials (model/pinyin.h).
or (:q not glob '*[^A-Za-z]*' and exists (select 1 from search_doc d join search_text t on t.place = d.place
  where d.kind = 'person' and d.id = p.id and instr(' ' || t.title || ' ', ' ' || lower(:q) || ' ') > 0))
--: filter org
exists (select 1 from post t where t.person = p.id and t.org = :org
  and t.valid_from <= @today and coalesce(t.valid_to, '9999') > @today)
--: filter role
exists (select 1 from person_role r where r.person = p.id and r.role = :role)
--: count role
select distinct r.role as value from person_role r where r.person = p.id
--: filter invitable
:invitable = (p.id in (select v.id from invitable v))
--: filter invite_to
not exists (select 1 from invitation i
  where i.meeting = :invite_to and i.person = p.id and i.revoked_at is null)
--: get login_taken
select id as other from person where login = :login and id <> @id
--: get administrators
select (select count(*) from json_each(:roles) where value like '%\_admin' escape '\') as wanted,
  json_array_length(:roles) as total
--: get second
select exists (select 1 from json_each(:roles)
    where value in (select value from json_each(@confirmed))
      and value not in (select role from person_role where person = @id))
  and exists (select 1 from role_confirmer where person not in (@me, @id)) as needs_second
--: search
select created_at as at, name, trim(sector || ' ' || organisation) as about, login from person
where id = @id and kind <> 'guest'
--: run hosted_meetings
-- They are found by his name too, and so is what the register has of him.
insert or ignore into search_due (kind, id) select 'meeting', id from meeting where host = @id;
insert or ignore into search_due (kind, id)
select 'member_profile', id from member_profile where person = @id
--: run first_role
insert into role_holder (id, person, role, state, valid_from, granted_by, created_at, created_by)
select lower(hex(randomblob(8))), @id, :kind, 'held', @now, @me, @now, @me
where :kind in ('member', 'staff')
--: run set_roles
update role_holder set state = 'ended', valid_to = @now, version = version + 1
where person = @id and state = 'held' and role not in (select value from json_each(:roles));
insert into role_holder (id, person, role, state, valid_from, granted_by, created_at, created_by)
select lower(hex(randomblob(8))), @id, value, 'held', @now, @me, @now, @me from json_each(:roles)
where value not in (select role from person_role where person = @id)
--: run shut_out
delete from session where person = @id;
delete from account_link where person = @id;
update join_token set revoked_at = @now where person = @id and used_at is null
--: run unlock
delete from login_failure where person = @id
--: people himself
select @id
--: get used
select exists (select 1 from credential where person = @id)
  or exists (select 1 from session where person = @id)
  or exists (select 1 from invitation where person = @id)
  or exists (select 1 from post where person = @id)
  or exists (select 1 from meeting where host = @id or created_by = @id)
  or exists (select 1 from role_holder where person = @id
    and role <> (select kind from person where id = @id))
  or exists (select 1 from case_event where actor = @id) as used
--: run unmake
delete from account_link where person = @id;
delete from role_holder where person = @id;
delete from inbox where id = @id;
delete from person where id = @id
