-- See invitation.c. link_state: none, made, followed (somebody came by it) or expired. q is his seat
-- in a sector on the day of the meeting, under its name of that day.
--: row
select {i}, i.version, p.id as "person.id", s.name as "person.name:text!", p.kind as "person.kind",
  coalesce((select n.name from org_name n where n.org = q.org
    and n.valid_from <= date((m.planned_start - @day_from) / 1000 + unixepoch(@today), 'unixepoch')
    order by n.valid_from desc limit 1), p.sector) as "person.sector:text!",
  p.organisation as "person.organisation", s.code as "person.code:text!",
  p.login is not null as "person.account:bool!",
  case when i.link_digest is null then 'none' when i.link_used_at is not null then 'followed'
    when i.link_expires_at <= @now then 'expired' else 'made' end as "link_state:text!"
from invitation i join person p on p.id = i.person join person_shown s on s.id = p.id
join meeting m on m.id = i.meeting
left join post q on q.id = (select t.id from post t join org o on o.id = t.org
  where t.person = i.person and o.kind = 'sector'
  and t.valid_from <= date((m.planned_start - @day_from) / 1000 + unixepoch(@today), 'unixepoch')
  and coalesce(t.valid_to, '9999') > date((m.planned_start - @day_from) / 1000 + unixepoch(@today), 'unixepoch')
  order by t.valid_from desc, t.id limit 1)
--: scope valid
i.revoked_at is null
--: where valid
i.revoked_at is null
--: sort name
p.name
--: get planned
select m.planned_end, i.link_until from meeting m left join invitation i on i.id = @id
where m.id = :meeting
--: get invited
select v.id as invitable, i.id as before, i.id is not null and i.revoked_at is null as is_valid
from invitable v left join invitation i on i.meeting = :meeting and i.person = v.id
where v.id = :person
--: get presides
select m.id as presides from meeting m where m.id = :meeting and m.host = $person_id
--: run create
insert into invitation (id, meeting, person, capacity, link_until, created_at)
  values (@id, :meeting, :person, :capacity, :expires_at, @now)
  on conflict (meeting, person) do update set capacity = excluded.capacity, revoked_at = null,
    link_digest = null, link_expires_at = null, link_used_at = null,
    link_until = excluded.link_until, version = version + 1
--: run set_link
update invitation set link_digest = @digest, link_used_at = null, link_expires_at = @until
where id = @id
--: run revoke
update invitation set revoked_at = @now, link_digest = null, link_expires_at = null where id = @id;
update join_token set revoked_at = @now
where person = $person_id and meeting = :meeting and used_at is null
--: run end_sessions
delete from session where person = $person_id and scope_meeting = :meeting
