-- What a room that is made anew must know of its meeting's past, so that nobody scans the event log
-- for it (store/room-state.h). The triggers keep it in the transaction of what it sums up, whoever
-- writes that.

create table room_state (
  meeting text primary key references meeting (id),
  -- The last sign of life: an event of the room, or somebody's heartbeat.
  sign_at integer not null,
  -- The last `recording` event; null: there was none.
  recording_at integer,
  recording_on integer check (recording_on in (0, 1)),
  recording_shutdown integer check (recording_shutdown in (0, 1)),
  check ((recording_at is null) = (recording_on is null)),
  check ((recording_at is null) = (recording_shutdown is null))
) strict, without rowid;

create trigger room_state_event after insert on meeting_event when new.kind <> 'crashed'
begin
  insert into room_state (meeting, sign_at) values (new.meeting, new.at)
    on conflict do update set sign_at = max(sign_at, excluded.sign_at);
  update room_state set recording_at = new.at,
    recording_on = coalesce(json_extract(new.data, '$.on'), 0) <> 0,
    recording_shutdown = coalesce(json_extract(new.data, '$.reason'), '') = 'shutdown'
  where meeting = new.meeting and new.kind = 'recording';
end;
create trigger room_state_presence after insert on presence_segment
begin
  insert into room_state (meeting, sign_at) values (new.meeting, new.last_seen_at)
    on conflict do update set sign_at = max(sign_at, excluded.sign_at);
end;
create trigger room_state_heartbeat after update of last_seen_at on presence_segment
begin
  update room_state set sign_at = new.last_seen_at
  where meeting = new.meeting and sign_at < new.last_seen_at;
end;

-- What there is already.
insert into room_state (meeting, sign_at)
  select meeting, max(at) from (
    select meeting, at from meeting_event where kind <> 'crashed'
    union all select meeting, last_seen_at from presence_segment) group by meeting;
update room_state set recording_at = e.at,
    recording_on = coalesce(json_extract(e.data, '$.on'), 0) <> 0,
    recording_shutdown = coalesce(json_extract(e.data, '$.reason'), '') = 'shutdown'
  from (select meeting, max(seq) as seq from meeting_event where kind = 'recording'
        group by meeting) last
    join meeting_event e on e.meeting = last.meeting and e.seq = last.seq
  where e.meeting = room_state.meeting;
