-- See recording.c. j is all that was recorded, as one (joined.h); of what was removed no file can be
-- fetched. Who held and removed it are objects, so that they are shown to those who see the fields.
--: row
select {r}, r.version, m.id as "meeting.id", m.title as "meeting.title",
  m.planned_start as "meeting.planned_start", m.title as "title:text!",
  iif(r.held_by is null, null, json_object('id', h.id, 'name', h.name)) as "held_by:object",
  iif(r.removed_by is null, null, json_object('id', w.id, 'name', w.name)) as "removed_by:object",
  j.value ->> '$.ended_at' as "ended_at:int", j.value ->> '$.duration_ms' as "duration_ms:int!",
  j.value ->> '$.bytes' as "bytes:int!", j.value -> '$.gaps' as "gaps:json!",
  iif(r.removed_at is null, j.value -> '$.files', '[]') as "files:json!",
  j.value ->> '$.all_bytes' as "all_bytes:int!",
  iif(r.removed_at is null, j.value -> '$.tracks', '[]') as "tracks:json!",
  j.value -> '$.digests' as "digests:json!"
from recording_entry r join meeting m on m.id = r.meeting
left join person h on h.id = r.held_by left join person w on w.id = r.removed_by
-- of what is shown
left join json_each('[' || recording_joined(r.id) || ']') j
--: filter since
-- Days of the server's zone: so far from UTC as today's begins.
r.started_at >= unixepoch(:since) * 1000 + @day_from - unixepoch(@today) * 1000
--: filter until
r.started_at < unixepoch(:until, '+1 day') * 1000 + @day_from - unixepoch(@today) * 1000
--: filter held
(r.held_at is not null) = :held
--: filter q
instr(lower(m.title), lower(:q)) > 0
--: search
select r.started_at as at, m.title from recording_entry r join meeting m on m.id = r.meeting
where r.id = @id
--: get whole
-- Of what one recorder wrote, by which files, the audit record and old links name it.
select entry as whole from recording where id = @id
--: run held
update recording_entry set held_at = @now, held_by = @me, hold_reason = :note where id = @id
--: run released
-- Its age counts on, and its host is told anew before that removes it.
update recording_entry set held_at = null, held_by = null, hold_reason = null, warned_at = null
where id = @id
--: run removed
update recording_entry set state = 'removed', removed_at = @now, removed_by = @me,
  remove_reason = :note where id = @id
--: get aged
select max(coalesce(ended_at, started_at)) as ended from recording where entry = @id
--: run warned
update recording_entry set warned_at = @now where id = @id
--: run expired
update recording_entry set state = 'removed', removed_at = @now where id = @id
--: people keepers
select m.host as person, m.title as meeting, @until as until
from recording_entry r join meeting m on m.id = r.meeting where r.id = @id
union select m.created_by, m.title, @until
from recording_entry r join meeting m on m.id = r.meeting where r.id = @id
-- Nobody is left of them: then all of the office.
union select h.person, m.title, @until
from recording_entry r join meeting m on m.id = r.meeting
join role_holder h on h.role = 'staff' and h.state = 'held'
where r.id = @id and not exists
  (select 1 from person p where p.id in (m.host, m.created_by) and p.active = 1)
