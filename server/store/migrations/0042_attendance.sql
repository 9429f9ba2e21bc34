-- Attendance as a record: one row for each person who was invited to a meeting or was there, what
-- staff decided about it and what that rests on. The history of a row, and with it what was decided
-- before and taken back, are its events. What was decided before this migration stands in
-- attendance_decision and in the audit record, and stays there.
create table attendance (
  id text primary key check (length(id) = 16),
  meeting text not null references meeting (id),
  person text not null references person (id),
  state text not null,
  result text,
  late integer,
  left_early integer,
  remark text,
  decided_by text references person (id) check (decided_by <> person),
  decided_at integer,
  rules integer references attendance_rule (version),
  seen_from integer,
  seen_to integer,
  seen_state text,
  seen_late integer,
  seen_left_early integer,
  seen_s integer,
  created_at integer not null,
  created_by text references person (id),
  version integer not null default 1,
  unique (meeting, person)
) strict;
create index attendance_by_person on attendance (person, created_at, id);
create index attendance_by_decider on attendance (decided_by) where decided_by is not null;
create index attendance_by_creator on attendance (created_by) where created_by is not null;
create index attendance_by_time on attendance (created_at, id);
create trigger attendance_row_kept before delete on attendance
begin
  select raise(abort, 'attendance is never deleted');
end;
create trigger attendance_row_fixed before update of meeting, person, created_at on attendance
begin
  select raise(abort, 'whose attendance it is stays');
end;

insert into attendance (id, meeting, person, state, created_at)
  select lower(hex(randomblob(8))), meeting, person, 'drafted', min(at) from (
    select meeting, person, created_at as at from invitation
    union all select meeting, person, joined_at from presence_segment
    union all select meeting, person, at from attendance_decision) group by meeting, person;
update attendance set (state, result, late, left_early, remark, decided_by, decided_at, rules,
    seen_from, seen_to, seen_state, seen_late, seen_left_early, seen_s) =
  (select 'confirmed', d.state, d.late, d.left_early, nullif(trim(d.note), ''), d.by, d.at, d.rule,
    d.window_from, d.window_to, d.drafted, d.drafted_late, d.drafted_left_early,
    (d.present_ms + 500) / 1000 from attendance_current d
    where d.meeting = attendance.meeting and d.person = attendance.person)
  where exists (select 1 from attendance_current d
    where d.meeting = attendance.meeting and d.person = attendance.person);
drop view attendance_current;

-- Whoever is invited or comes has a row from then on.
create trigger attendance_of_invited after insert on invitation
begin
  insert or ignore into attendance (id, meeting, person, state, created_at)
    values (lower(hex(randomblob(8))), new.meeting, new.person, 'drafted', new.created_at);
end;
create trigger attendance_of_moved after update of person on invitation
begin
  insert or ignore into attendance (id, meeting, person, state, created_at)
    values (lower(hex(randomblob(8))), new.meeting, new.person, 'drafted', new.created_at);
end;
create trigger attendance_of_present after insert on presence_segment
begin
  insert or ignore into attendance (id, meeting, person, state, created_at)
    values (lower(hex(randomblob(8))), new.meeting, new.person, 'drafted', new.joined_at);
end;

-- Whose attendance there is to be judged: those invited, those who were there and those about whom
-- was decided. Who was invited when the meeting opened stays, whatever becomes of the invitation:
-- no host can take an absence away by taking it back.
create view attendance_listed as
select a.* from attendance a join meeting m on m.id = a.meeting
where a.result is not null
  or exists (select 1 from invitation i where i.meeting = a.meeting and i.person = a.person
    and (i.revoked_at is null or i.revoked_at >= m.opened_at))
  or exists (select 1 from presence_segment s where s.meeting = a.meeting and s.person = a.person);
