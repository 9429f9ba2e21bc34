-- What a decision on attendance rests on: dated limits, the effective window, the draft that it
-- saw; and undoing a decision for a while.

-- The limits in force from a time on; the newest that had begun when a meeting was opened counts.
create table attendance_rule (
  version integer primary key check (version >= 1),
  from_at integer not null,
  late_after_min integer not null check (late_after_min >= 0),
  left_early_min integer not null check (left_early_min >= 0),
  present_percent integer not null check (present_percent between 1 and 100),
  window_people integer not null check (window_people >= 1),
  window_share_percent integer not null check (window_share_percent between 0 and 100),
  window_quiet_min integer not null check (window_quiet_min >= 1)
) strict;
create trigger attendance_rule_kept before delete on attendance_rule
begin
  select raise(abort, 'limits of attendance are never deleted');
end;
create trigger attendance_rule_fixed before update on attendance_rule
begin
  select raise(abort, 'limits of attendance are never edited: a new version begins');
end;

-- Moved effective windows; the newest counts, one without times is the default again.
create table attendance_window (
  id integer primary key autoincrement,
  meeting text not null references meeting (id),
  from_at integer,
  to_at integer check (to_at > from_at),
  reason text not null check (length(reason) between 1 and 500),
  by text not null references person (id),
  at integer not null,
  check ((from_at is null) = (to_at is null))
) strict;
create index attendance_window_by_meeting on attendance_window (meeting, id);
create trigger attendance_window_kept before delete on attendance_window
begin
  select raise(abort, 'windows are never deleted');
end;
create trigger attendance_window_fixed before update on attendance_window
begin
  select raise(abort, 'windows are never edited');
end;

-- Null in decisions from before these columns.
alter table attendance_decision add column batch text check (length(batch) = 16);
alter table attendance_decision add column rule integer references attendance_rule (version);
alter table attendance_decision add column window_from integer;
alter table attendance_decision add column window_to integer;
alter table attendance_decision add column drafted text
  check (drafted in ('present', 'observer', 'leave', 'absent'));
alter table attendance_decision add column drafted_late integer check (drafted_late in (0, 1));
alter table attendance_decision add column drafted_left_early integer
  check (drafted_left_early in (0, 1));
alter table attendance_decision add column present_ms integer check (present_ms >= 0);
create index attendance_by_batch on attendance_decision (batch) where batch is not null;

create table attendance_undo (
  decision integer primary key references attendance_decision (id),
  by text not null references person (id),
  at integer not null
) strict;
create trigger attendance_undo_kept before delete on attendance_undo
begin
  select raise(abort, 'what was undone stays undone');
end;
create trigger attendance_undo_fixed before update on attendance_undo
begin
  select raise(abort, 'what was undone stays undone');
end;

-- How a person is named to others: with unit and, where that is not enough, code in brackets when
-- another person has the same name. Guests are compared with those of their own meetings only.
create view person_shown as
select p.id, p.kind, p.sector, p.organisation, p.unit, p.code,
  case when not p.doubled then p.name else p.name || '（' || trim(p.unit || case
    when p.unit = '' or exists (select 1 from person q where q.name = p.name and q.id <> p.id
      and iif(q.sector <> '', q.sector, q.organisation) = p.unit)
    then ' ' || p.code else '' end) || '）' end as name
from (
  select r.*, iif(r.sector <> '', r.sector, r.organisation) as unit,
    upper(substr(r.id, 1, 4)) as code,
    exists (select 1 from person q where q.name = r.name and q.id <> r.id and (
      (q.kind <> 'guest' and q.active = 1)
      or exists (select 1 from invitation a join invitation b on b.meeting = a.meeting
                 where a.person = q.id and b.person = r.id))) as doubled
  from person r) p;

-- The decisions that count: of each person the newest that was not undone.
create view attendance_current as
select d.* from attendance_decision d where d.id = (
  select max(e.id) from attendance_decision e where e.meeting = d.meeting and e.person = d.person
  and not exists (select 1 from attendance_undo u where u.decision = e.id));
