-- A meeting that everybody left ends by itself after its planned end; for half an hour staff may
-- take that back. Nothing else ever goes backwards.

alter table meeting add column ended_by_itself integer not null default 0
  check (ended_by_itself in (0, 1));
alter table meeting add column reopened_at integer;

drop trigger meeting_forward;
create trigger meeting_forward before update of state on meeting
when new.state <> old.state and not (
  (old.state = 'scheduled' and new.state in ('live', 'cancelled'))
  or (old.state = 'live' and new.state = 'ended')
  or (old.state = 'ended' and new.state = 'live' and old.ended_by_itself = 1
      and new.ended_by_itself = 0
      and new.reopened_at between old.ended_at and old.ended_at + 1800000))
begin
  select raise(abort, 'a meeting goes from scheduled to live to ended, or is cancelled');
end;

drop trigger meeting_times_fixed;
create trigger meeting_times_fixed before update on meeting
when (old.opened_at is not null and (new.opened_at is not old.opened_at
        or new.opened_mono_us is not old.opened_mono_us or new.opened_boot is not old.opened_boot))
  or (old.ended_at is not null and new.state = 'ended' and (new.ended_at is not old.ended_at
        or new.ended_mono_us is not old.ended_mono_us or new.ended_boot is not old.ended_boot
        or new.ended_by_itself <> old.ended_by_itself))
begin
  select raise(abort, 'a meeting is opened and ended once');
end;

-- A recording that was closed because its meeting ended goes on when the meeting does.
create trigger room_state_reopened after insert on meeting_event when new.kind = 'reopened'
begin
  update room_state set recording_shutdown = 1
  where meeting = new.meeting and 'ended' =
    (select json_extract(e.data, '$.reason') from meeting_event e
     where e.meeting = new.meeting and e.kind = 'recording' order by e.seq desc limit 1);
end;
