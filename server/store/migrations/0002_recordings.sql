-- What was recorded. Times are milliseconds UTC; *_ms offsets count from the recording's zero.

create table recording (
  id text primary key check (length(id) = 16),
  meeting text not null references meeting (id),
  -- interrupted: the server died; what could be saved was. failed: nothing plays.
  state text not null default 'recording'
    check (state in ('recording', 'ready', 'interrupted', 'failed')),
  reason text check (reason in ('host', 'ended', 'failed', 'disk', 'shutdown', 'crash')),
  folder text not null unique check (folder glob '[0-9][0-9][0-9][0-9]/[01][0-9]/*'),
  started_at integer not null,
  ended_at integer,
  duration_ms integer not null default 0 check (duration_ms >= 0),
  bytes integer not null default 0 check (bytes >= 0),
  check ((state = 'recording') = (ended_at is null)),
  check ((state = 'recording') = (reason is null))
) strict;
create index recording_by_meeting on recording (meeting, started_at, id);
create index recording_by_start on recording (started_at, id);
create index recording_unfinished on recording (state) where state = 'recording';

create trigger recording_forward before update of state on recording
when old.state <> 'recording' and new.state <> old.state
begin
  select raise(abort, 'a finished recording stays as it is');
end;

create table recording_file (
  recording text not null references recording (id),
  name text not null check (length(name) between 1 and 80 and name not glob '*[^a-z0-9_.-]*'
                            and name not like '.%'),
  kind text not null check (kind in ('program', 'track')),
  part integer not null check (part > 0),
  track integer not null check (track >= 0),
  source text not null
    check (source in ('program', 'mic', 'camera', 'screen', 'screen_audio', 'other')),
  person text references person (id),
  participant text,
  start_ms integer not null check (start_ms >= 0),
  duration_ms integer not null default 0 check (duration_ms >= 0),
  bytes integer not null default 0 check (bytes >= 0),
  frames integer not null default 0,
  lost integer not null default 0,
  sha256 text check (length(sha256) = 64), -- null while it is written
  primary key (recording, name),
  check ((kind = 'program') = (track = 0)),
  check ((kind = 'program') = (source = 'program'))
) strict, without rowid;

create trigger recording_file_fixed before update on recording_file
when old.sha256 is not null
begin
  select raise(abort, 'a closed file is not edited');
end;

create table recording_gap (
  recording text not null references recording (id),
  at_ms integer not null check (at_ms >= 0),
  for_ms integer not null check (for_ms > 0),
  primary key (recording, at_ms)
) strict, without rowid;
