-- See meeting.c. No plan is longer than a month, so that today's meetings are found by their start.
-- my.capacity: there is one at most, and null where one is not invited.
--: row
select {m}, m.version, h.id as "host.id:text", h.name as "host.name:text!",
  (select max(i.capacity) from invitation i where i.meeting = m.id and i.person = @me
    and i.revoked_at is null) as "my.capacity:text",
  (select count(*) from invitation e where e.meeting = m.id and e.revoked_at is null)
    as "counts.expected:int!",
  (select count(distinct s.person) from presence_segment s
    where s.meeting = m.id and s.left_at is null) as "counts.here:int!",
  iif(m.state = 'ended', (select count(distinct s.person) from presence_segment s
    where s.meeting = m.id), null) as "counts.came:int",
  (select sum(d.result in ('present', 'observer')) from attendance d
    where d.meeting = m.id and d.result is not null) as "counts.attended:int",
  exists (select 1 from recording_entry r where r.meeting = m.id and r.removed_at is null)
    as "recordings:int!",
  iif(m.ended_by_itself, m.ended_at + 1800000, null) as "reopen_until:int"
from meeting m join person_shown h on h.id = m.host
--: scope invited
(@link is null or m.id = @link) and exists (select 1 from invitation i
  where i.meeting = m.id and i.person = @me and i.revoked_at is null)
--: scope host
(@link is null or m.id = @link) and (m.host = @me or exists (select 1 from invitation i
  where i.meeting = m.id and i.person = @me and i.revoked_at is null and i.capacity = 'host'))
--: scope deputy
(@link is null or m.id = @link) and exists (select 1 from invitation i
  join meeting_standing t on t.meeting = i.meeting and t.person = i.person
  where i.meeting = m.id and i.person = @me and i.revoked_at is null and t.standing = 'deputy')
--: scope left
-- It ended by itself, which staff can take back for half an hour.
m.ended_by_itself and @now between m.ended_at and m.ended_at + 1800000
--: where live
m.state = 'live'
--: where today
m.state = 'live' or m.planned_start >= @day_from - 2678400000 and m.planned_start < @day_to
  and m.planned_end >= @day_from
--: where upcoming
m.state = 'scheduled' and m.planned_start >= @day_to
--: where past
-- The plus keeps the index of the states out, by which all that ever were would be sorted.
+m.state in ('ended', 'cancelled') or +m.state = 'scheduled' and m.planned_end < @day_from
--: filter whose
m.id in (select i.meeting from invitation i where i.person = @me and i.revoked_at is null)
--: search
select m.planned_start as at, m.title, m.topic, h.name as host from meeting m
join person h on h.id = m.host where m.id = @id
--: get host_invitable
select id as host_id from invitable where id = :host
--: get all_invited
select json_group_array(i.id) as invited from invitation i
where i.meeting = @id and i.revoked_at is null
--: run appoint
update invitation set capacity = 'attend', version = version + 1
where meeting = @id and person = $host_id;
insert into invitation (id, meeting, person, capacity, created_at)
  values (@invitation, @id, :host, 'host', @now)
  on conflict (meeting, person) do update set capacity = 'host', revoked_at = null,
    version = version + 1
--: run keep_window
insert into attendance_window (meeting, from_at, to_at, reason, by, at)
  values (@id, iif(@moved, :window_from, null), iif(@moved, :window_to, null), :window_reason, @me,
    @now)
--: run open
update meeting set state = @to, opened_at = @now, opened_mono_us = @mono_us, opened_boot = @boot
where id = @id
--: run end
update meeting set state = @to, ended_at = @now, ended_mono_us = @mono_us, ended_boot = @boot,
  ended_by_itself = @me is null where id = @id
--: run reopen
update meeting set state = @to, ended_at = null, ended_mono_us = null, ended_boot = null,
  ended_by_itself = 0, reopened_at = @now where id = @id
--: rows invited
-- For a sheet to sign: sector by sector, who has none at the end. It is the sector of the day on
-- which the meeting is held, under its name of that day.
select name, sector, organisation, capacity as "capacity:invitation.capacity"
from (select p.name, coalesce((select n.name from org_name n where n.org = q.org
    and n.valid_from <= date((m.planned_start - @day_from) / 1000 + unixepoch(@today), 'unixepoch')
    order by n.valid_from desc limit 1), p.sector) as sector,
  p.organisation, i.capacity, i.id
from invitation i join person p on p.id = i.person join meeting m on m.id = i.meeting
left join post q on q.id = (select t.id from post t join org o on o.id = t.org
  where t.person = i.person and o.kind = 'sector'
  and t.valid_from <= date((m.planned_start - @day_from) / 1000 + unixepoch(@today), 'unixepoch')
  and coalesce(t.valid_to, '9999') > date((m.planned_start - @day_from) / 1000 + unixepoch(@today), 'unixepoch')
  order by t.valid_from desc, t.id limit 1)
where i.meeting = @id and i.revoked_at is null)
order by sector = '', sector, name, id
