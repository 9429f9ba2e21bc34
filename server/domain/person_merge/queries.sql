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
select m.id as second, o.id as first, exists (select 1 from member_change c
    where c.member_profile = m.id and c.state = 'asked') as changing
from member_profile m join member_profile o on o.person = @into where m.person = @from
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
