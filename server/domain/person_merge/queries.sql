-- See person_merge.c.
--: row
select {g}, g.version, g.created_at, a.id as "duplicate.id", a.name as "duplicate.name",
  s.id as "survivor.id", s.name as "survivor.name", b.id as "proposed_by.id",
  b.name as "proposed_by.name", d.id as "decided_by.id", d.name as "decided_by.name"
from person_merge g join person a on a.id = g.duplicate join person s on s.id = g.survivor
left join person b on b.id = g.created_by left join person d on d.id = g.decided_by
--: scope proposer
g.created_by = @me
--: scope party
g.created_by = @me or g.duplicate = @me or g.survivor = @me
--: sort created_at
g.created_at
--: get fitting
select count(*) as fitting from person p where p.id in (@from, @into) and p.kind = 'member'
  and p.merged_into is null
  and not exists (select 1 from person_role r where r.person = p.id and r.role <> 'member')
--: get proposed
select id as other from person_merge where duplicate in (@from, @into) and state = 'proposed'
--: get second_profile
-- other_way: who is in office would become an alias of who is not.
select m.id as second, o.id as first,
  m.state in ('active', 'suspended') and o.state not in ('active', 'suspended') as other_way, exists (select 1 from member_change c
    where c.member_profile = m.id and c.state = 'asked') as changing
from member_profile m join member_profile o on o.person = @into where m.person = @from
--: get both_ask
select c.id as asked from change_request c join change_request o on o.field = c.field
where c.person = @from and c.state = 'pending' and o.person = @into and o.state = 'pending'
--: get too_much
select e.name as too_much_of from term_file f
join term_file o on o.member_profile = @first and o.term = f.term join term e on e.id = f.term
where f.member_profile = @second and (exists
  (select 1 from (select 'materials' as field, @most_materials as most
      union all select 'reports', @most_reports) k
    where (select count(*) from attachment a where a.owner_kind = 'term_file'
      and a.owner_id in (f.id, o.id) and a.field = k.field and a.removed_at is null) > k.most)
  or (f.summary <> o.summary and length(f.summary) + length(o.summary) + 1 > @most_summary))
order by e.no limit 1
--: get twin
select (select json_group_array(json_object('term', f.term, 'sector', f.sector,
      'capacity', f.capacity, 'work_unit', f.work_unit, 'work_title', f.work_title))
    from term_file f where f.member_profile = @second) as files,
  (select json_group_array(json_object('org', t.org, 'role', t.role, 'term', t.term,
      'valid_from', t.valid_from, 'valid_to', t.valid_to))
    from (select * from post where person = @from order by valid_from, id) t) as posts
--: rows both_filed
-- joined: whose file it takes in. summary: null where nothing of it becomes different.
select o.id, m.code as joined, case when f.summary is null or f.summary = o.summary then null
  when o.summary is null then f.summary else o.summary || char(10) || f.summary end as summary
from term_file f join member_profile m on m.id = f.member_profile
join term_file o on o.member_profile = @first and o.term = f.term
where f.member_profile = @second
--: rows both_seated
-- Seats in a sector that go on while the one who stays has one.
select t.id, max(@today, date(t.valid_from, '+1 day')) as valid_to
from post t join org o on o.id = t.org
where t.person = @from and o.kind = 'sector' and t.role in ('member', 'standing')
  and coalesce(t.valid_to, '9999') > max(@today, date(t.valid_from, '+1 day'))
  and exists (select 1 from post s join org q on q.id = s.org where s.person = @into
    and q.kind = 'sector' and s.role in ('member', 'standing')
    and coalesce(s.valid_to, '9999') > @today)
--: run doubles
-- The same post at the same time is one: that which has the whole of the other's time stays, and of
-- two that overlap the earlier one ends where the later one begins.
insert into unmaking (id) values (@from), (@into);
delete from post where person = @from and exists (select 1 from post o where o.person = @into
  and o.org = post.org and o.role = post.role and o.valid_from <= post.valid_from
  and coalesce(o.valid_to, '9999') >= coalesce(post.valid_to, '9999'));
delete from post where person = @into and exists (select 1 from post o where o.person = @from
  and o.org = post.org and o.role = post.role and o.valid_from <= post.valid_from
  and coalesce(o.valid_to, '9999') >= coalesce(post.valid_to, '9999'));
update post set valid_to = (select min(o.valid_from) from post o
    where o.person in (@from, @into) and o.person <> post.person and o.org = post.org
    and o.role = post.role and o.valid_from > post.valid_from),
  version = version + 1
where person in (@from, @into) and exists (select 1 from post o
  where o.person in (@from, @into) and o.person <> post.person and o.org = post.org
  and o.role = post.role and o.valid_from > post.valid_from
  and o.valid_from < coalesce(post.valid_to, '9999'));
delete from unmaking where id in (@from, @into)
--: run standing
-- How he stood before the row that stays was there is told by the other one.
insert into member_standing (member_profile, valid_from, state, scored)
select @first, d.valid_from, d.state, d.scored from member_standing d
where d.member_profile = @second and d.valid_from < coalesce((select min(o.valid_from)
  from member_standing o where o.member_profile = @first), '9999');
delete from member_standing where member_profile = @second
--: run confirm
update person_merge set decided_by = @me where id = @id
--: run refuse
update person_merge set decided_by = @me where id = @id
--: run confirmed
update role_holder set state = 'ended', valid_to = @now, version = version + 1
where person = @from and state = 'held';
update or ignore invitation set person = @into, version = version + 1 where person = @from
  and exists (select 1 from meeting m where m.id = invitation.meeting and m.opened_at is null);
-- To which both were invited: the one that stays comes.
update invitation set revoked_at = @now, link_digest = null, link_expires_at = null,
  version = version + 1 where person = @from and revoked_at is null
  and exists (select 1 from meeting m where m.id = invitation.meeting and m.opened_at is null);
update person set merged_into = @into where id = @from
--: people register
select h.person, (select p.name from person_merge g join person p on p.id = g.survivor
  where g.id = @id) as name from person_role h where h.role in ('liaison', 'staff')
--: people proposer
select g.created_by, p.name as name from person_merge g join person p on p.id = g.survivor
where g.id = @id
