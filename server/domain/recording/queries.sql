-- See recording.c. j is all that was recorded, as one (joined.h); of what was removed no file can be
-- fetched.
--: row
select {r}, r.version, m.id as "meeting.id", m.title as "meeting.title",
  m.planned_start as "meeting.planned_start", m.title as "title:text!",
  j.value ->> '$.ended_at' as "ended_at:int", j.value ->> '$.duration_ms' as "duration_ms:int!",
  j.value ->> '$.bytes' as "bytes:int!", j.value -> '$.gaps' as "gaps:json!",
  iif(r.removed_at is null, j.value -> '$.files', '[]') as "files:json!",
  j.value ->> '$.all_bytes' as "all_bytes:int!",
  iif(r.removed_at is null, j.value -> '$.tracks', '[]') as "tracks:json!",
  j.value -> '$.digests' as "digests:json!"
from recording_entry r join meeting m on m.id = r.meeting
left join json_each('[' || recording_joined(r.id) || ']') j
--: filter since
-- Days of the server's zone: so far from UTC as today's begins.
r.started_at >= unixepoch(:since) * 1000 + @day_from - unixepoch(@today) * 1000
--: filter until
r.started_at < unixepoch(:until, '+1 day') * 1000 + @day_from - unixepoch(@today) * 1000
--: filter q
instr(lower(m.title), lower(:q)) > 0
--: search
select r.started_at as at, m.title from recording_entry r join meeting m on m.id = r.meeting
where r.id = @id
