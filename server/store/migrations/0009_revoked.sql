-- A connection that ended because its right did, with nobody removing anybody, is told apart from a
-- removal. A check cannot be changed in place: the table is made anew with the same rows.

create table presence_segment_new (
  id text primary key check (length(id) = 16),
  meeting text not null references meeting (id),
  person text not null references person (id),
  participant text not null,
  device text not null,
  address text not null,
  boot text not null,
  joined_at integer not null,
  joined_mono_us integer not null,
  last_seen_at integer not null,
  last_seen_mono_us integer not null check (last_seen_mono_us >= joined_mono_us),
  left_at integer,
  left_mono_us integer check (left_mono_us >= joined_mono_us),
  duration_ms integer generated always as ((left_mono_us - joined_mono_us) / 1000) stored,
  ended_by text check (ended_by in
    ('left', 'dropped', 'removed', 'revoked', 'replaced', 'ended', 'shutdown', 'crash')),
  session text check (length(session) = 64),
  check ((left_at is null) = (left_mono_us is null)),
  check ((left_at is null) = (ended_by is null))
) strict;
insert into presence_segment_new (rowid, id, meeting, person, participant, device, address, boot,
    joined_at, joined_mono_us, last_seen_at, last_seen_mono_us, left_at, left_mono_us, ended_by,
    session)
  select rowid, id, meeting, person, participant, device, address, boot, joined_at, joined_mono_us,
    last_seen_at, last_seen_mono_us, left_at, left_mono_us, ended_by, session
  from presence_segment;
drop table presence_segment; -- its triggers and indexes go with it; nothing refers to it
alter table presence_segment_new rename to presence_segment;

create index presence_by_meeting on presence_segment (meeting, person, joined_at);
create index presence_by_person on presence_segment (person, left_at);
create index presence_open on presence_segment (meeting, person) where left_at is null;
create index presence_by_session on presence_segment (session, left_at) where session is not null;

create trigger presence_kept before delete on presence_segment
begin
  select raise(abort, 'presence segments are never deleted');
end;
create trigger presence_fixed before update on presence_segment
when new.id <> old.id or new.meeting <> old.meeting or new.person <> old.person
  or new.participant <> old.participant or new.device <> old.device
  or new.address <> old.address or new.boot <> old.boot
  or new.joined_at <> old.joined_at or new.joined_mono_us <> old.joined_mono_us
  or new.last_seen_mono_us < old.last_seen_mono_us
  or old.left_at is not null
begin
  select raise(abort, 'presence segments are closed once and never edited');
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
