-- See term_file.c.
--: row
select {f}, f.version, f.created_at,
  m.id as "member_profile.id", m.code as "member_profile.code", p.name as "member_profile.name",
  m.person as "member_profile.person",
  e.id as "term.id", e.no as "term.no", e.name as "term.name",
  o.id as "sector.id", (select n.name from org_name n where n.org = o.id
    and n.valid_from <= max(e.starts_on, o.valid_from) order by n.valid_from desc limit 1)
    as "sector.name:text!",
  (select json_group_array(json_object('id', a.id, 'name', a.name, 'mime', a.mime, 'size', a.size))
    from (select * from attachment where owner_kind = 'term_file' and owner_id = f.id
      and field = 'materials' and removed_at is null order by adopted_at, id) a)
    as "materials:json!",
  (select json_group_array(json_object('id', a.id, 'name', a.name, 'mime', a.mime, 'size', a.size))
    from (select * from attachment where owner_kind = 'term_file' and owner_id = f.id
      and field = 'reports' and removed_at is null order by adopted_at, id) a) as "reports:json!"
from term_file f
join member_profile m on m.id = f.member_profile
join person p on p.id = m.person
join term e on e.id = f.term
join org o on o.id = f.sector
--: scope own
m.person = @me
--: scope other
m.person <> @me and m.person is not @deputy
--: scope standing
m.person = @me and f.capacity = 'standing'
--: where of_member
f.member_profile = :member_profile
--: sort created_at
f.created_at
--: get reporter
select m.person = @me as himself from term_file f join member_profile m on m.id = f.member_profile
where f.id = @id
--: rows meetings
-- What was decided of the meetings of the term's days, of accounts that were merged into his too.
select m.title, m.planned_start as "at:time", d.result as "result:attendance.result"
from attendance d join meeting m on m.id = d.meeting
join member_profile b on b.id = $member_profile_id join term e on e.id = $term_id
where d.person in (select b.person union all select id from person where merged_into = b.person)
  and d.result is not null
  and m.planned_start >= unixepoch(e.starts_on) * 1000 + @day_from - unixepoch(@today) * 1000
  and m.planned_start < unixepoch(e.ends_on, '+1 day') * 1000 + @day_from
    - unixepoch(@today) * 1000
order by m.planned_start, m.id
--: rows materials_named
select name from attachment where owner_kind = 'term_file' and owner_id = @id
  and field = 'materials' and removed_at is null order by adopted_at, id
--: rows reports_named
select name from attachment where owner_kind = 'term_file' and owner_id = @id
  and field = 'reports' and removed_at is null order by adopted_at, id
--: run open
insert into term_file (id, member_profile, term, sector, capacity, work_unit, work_title, created_at,
  created_by)
values (@id, :member_profile, :term, :sector, :capacity, :work_unit, :work_title, @now, @me)
--: run join
-- What the other file of the term has is here from now on, and that one is no more.
update attachment set owner_id = @id where owner_kind = 'term_file' and owner_id =
  (select f.id from term_file f join member_profile m on m.id = f.member_profile
    where m.code = :joined and f.term = $term_id);
update term_file set summary = coalesce(:summary, summary) where id = @id;
delete from term_file where term = $term_id
  and member_profile = (select m.id from member_profile m where m.code = :joined)
