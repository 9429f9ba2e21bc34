-- See attendance.c. f is what the evidence says now (duty/figures.h), of decided rows too, so that
-- whoever decides again sees what will be kept with it; what the last decision saw is beside it. q is
-- his seat in a sector on the day of the meeting, under its name of that day; who had none is shown
-- with what his account says.
--: row
select {a}, a.version, m.id as "meeting.id", m.title as "meeting.title",
  m.planned_start as "meeting.planned_start",
  p.id as "person.id", s.name as "person.name:text!", p.kind as "person.kind",
  coalesce((select n.name from org_name n where n.org = q.org
    and n.valid_from <= date((m.planned_start - @day_from) / 1000 + unixepoch(@today), 'unixepoch')
    order by n.valid_from desc limit 1), p.sector) as "person.sector:text!",
  p.organisation as "person.organisation",
  s.code as "code:text!", q.org as "sector.id",
  (select n.name from org_name n where n.org = q.org
    and n.valid_from <= date((m.planned_start - @day_from) / 1000 + unixepoch(@today), 'unixepoch')
    order by n.valid_from desc limit 1) as "sector.name:text!", i.capacity || '' as "capacity:text",
  f.first_in + 0 as "first_in:int", f.last_out + 0 as "last_out:int",
  f.present_s as "present_s:int!",
  (select count(*) from presence_segment c where c.meeting = a.meeting and c.person = a.person)
    as "connections:int!",
  f.window_from + 0 as "window.from:int",
  f.window_to + 0 as "window.to:int",
  f.state || '' as "drafted.state:text!",
  f.late + 0 as "drafted.late:bool!",
  f.left_early + 0 as "drafted.left_early:bool!",
  (select json_group_array(json_object('in', c.joined_at, 'out', c.left_at, 'device', c.device,
      'address', c.address, 'ended_by', c.ended_by))
    from (select * from presence_segment c where c.meeting = a.meeting and c.person = a.person
      order by c.joined_at) c) as "segments:json!",
  d.id as "decided_by.id", d.name as "decided_by.name:text"
from attendance a join meeting m on m.id = a.meeting join person p on p.id = a.person
join person_shown s on s.id = p.id
left join invitation i on i.meeting = a.meeting and i.person = a.person
left join person_shown d on d.id = a.decided_by
left join post q on q.id = (select t.id from post t join org o on o.id = t.org
  where t.person = a.person and o.kind = 'sector'
  and t.valid_from <= date((m.planned_start - @day_from) / 1000 + unixepoch(@today), 'unixepoch')
  and coalesce(t.valid_to, '9999') > date((m.planned_start - @day_from) / 1000 + unixepoch(@today), 'unixepoch')
  order by t.valid_from desc, t.id limit 1)
-- of what is shown
join attendance_figures(a.meeting, a.person, i.capacity, @now, @mono_us, @boot) f
--: scope own
-- Also what there is of accounts that were merged into one's own: it stays theirs.
a.person in (select @me union all select id from person where merged_into = @me)
  and (@link is null or a.meeting = @link)
--: scope party
a.person in (select @me union all select id from person where merged_into = @me)
--: where listed
exists (select 1 from attendance_listed l where l.id = a.id)
--: where of_person
a.person in (select :person union all select id from person where merged_into = :person)
  and exists (select 1 from attendance_listed l where l.id = a.id)
--: filter sector
q.org = :sector
--: filter term
-- Days of the server's zone: so far from UTC as today's begins.
exists (select 1 from term e where e.id = :term
  and m.planned_start >= unixepoch(e.starts_on) * 1000 + @day_from - unixepoch(@today) * 1000
  and m.planned_start < unixepoch(e.ends_on, '+1 day') * 1000 + @day_from
    - unixepoch(@today) * 1000)
--: sort listed
-- Those invited by name, then those who came without an invitation.
iif(i.capacity is null, '1', '0') || p.name
--: sort planned_start
m.planned_start
--: get figures
select f.state as now_state, f.late as now_late, f.left_early as now_left_early,
  f.present_s as now_s, f.window_from as now_from, f.window_to as now_to, f.rules as now_rules,
  f.ended as now_ended, exists (select 1 from attendance_listed l where l.id = a.id) as now_listed
from attendance a left join invitation i on i.meeting = a.meeting and i.person = a.person
join attendance_figures(a.meeting, a.person, i.capacity, @now, @mono_us, @boot) f where a.id = @id
