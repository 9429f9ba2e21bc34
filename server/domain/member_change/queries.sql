-- See member_change.c.
--: row
select {c}, c.version, c.created_at,
  m.id as "member_profile.id", m.code as "member_profile.code", p.name as "member_profile.name",
  b.id as "asked_by.id", b.name as "asked_by.name",
  d.id as "decided_by.id", d.name as "decided_by.name",
  (select json_group_array(json_object('id', f.id, 'name', f.name, 'mime', f.mime, 'size', f.size))
    from (select * from attachment where owner_kind = 'member_change' and owner_id = c.id
      and field = 'documents' and removed_at is null order by adopted_at, id) f) as "documents:json!"
from member_change c
join member_profile m on m.id = c.member_profile
join person p on p.id = m.person
left join person b on b.id = c.created_by
left join person d on d.id = c.decided_by
--: scope own
m.person = @me
--: scope asker
c.created_by = @me
--: scope party
c.created_by = @me or m.person = @me
--: sort created_at
c.created_at
--: get standing
select exists (select 1 from member_change c where c.member_profile = m.id and c.state = 'asked')
    as asked,
  case :kind when 'suspend' then m.state = 'active' when 'restore' then m.state = 'suspended'
    else m.state not in ('left', 'merged') end as fits
from member_profile m where m.id = :member_profile
--: run confirm
update member_change set decided_by = @me where id = @id
--: run refuse
update member_change set decided_by = @me where id = @id
--: people leaders
select h.person, (select p.name from member_change c join member_profile m on m.id = c.member_profile
  join person p on p.id = m.person where c.id = @id) as name
from person_role h where h.role = 'leader'
--: people member
select m.person from member_change c join member_profile m on m.id = c.member_profile
where c.id = @id
--: people asker
select c.created_by, p.name as name from member_change c
join member_profile m on m.id = c.member_profile join person p on p.id = m.person where c.id = @id
