-- People, sessions, meetings, presence, events, chat and audit. Times are milliseconds UTC;
-- *_mono_us are the monotonic clock of the boot that the row names, for durations.

create table setting (
  key text primary key,
  value text not null
) strict;

create table person (
  id text primary key check (length(id) = 16),
  name text not null check (length(name) between 1 and 64),
  login text unique collate nocase check (length(login) between 1 and 64),
  kind text not null check (kind in ('member', 'staff', 'guest', 'admin')),
  sector text not null default '' check (length(sector) <= 64),
  organisation text not null default '' check (length(organisation) <= 128),
  active integer not null default 1 check (active in (0, 1)),
  created_at integer not null
) strict;
create index person_by_name on person (name, id);

create table person_role (
  person text not null references person (id),
  role text not null
    check (role in ('member', 'staff', 'system_admin', 'security_admin', 'audit_admin')),
  primary key (person, role)
) strict, without rowid;
create index person_role_by_role on person_role (role, person);

-- Separation of the three administrators: no account holds two.
create trigger person_role_separated before insert on person_role
when new.role like '%\_admin' escape '\'
  and exists (select 1 from person_role
              where person = new.person and role <> new.role and role like '%\_admin' escape '\')
begin
  select raise(abort, 'an account cannot hold two administrator roles');
end;
create trigger person_role_fixed before update on person_role
begin
  select raise(abort, 'roles are given and taken, not changed');
end;

-- scrypt with r = 8, p = 1 and N = 2^cost_log2.
create table credential (
  person text primary key references person (id),
  cost_log2 integer not null check (cost_log2 between 1 and 24),
  salt blob not null check (length(salt) = 16),
  hash blob not null check (length(hash) = 32),
  must_change integer not null check (must_change in (0, 1)),
  changed_at integer not null
) strict;

-- The passwords used before the present one, the newest last; only the last four are kept.
create table password_history (
  id integer primary key,
  person text not null references person (id),
  cost_log2 integer not null,
  salt blob not null,
  hash blob not null
) strict;
create index password_history_by_person on password_history (person, id);

-- Wrong passwords in a row; locked_until is set when they reach the limit.
create table login_failure (
  person text primary key references person (id),
  failures integer not null check (failures >= 0),
  last_at integer not null,
  locked_until integer
) strict;

create table meeting (
  id text primary key check (length(id) = 16),
  title text not null check (length(title) between 1 and 200),
  topic text not null default '' check (length(topic) <= 2000),
  type text not null default 'consultation' check (type in ('consultation')),
  state text not null default 'scheduled'
    check (state in ('scheduled', 'live', 'ended', 'cancelled')),
  planned_start integer not null,
  planned_end integer not null check (planned_end > planned_start),
  opened_at integer,
  opened_mono_us integer,
  opened_boot text,
  ended_at integer,
  ended_mono_us integer,
  ended_boot text,
  host text not null references person (id),
  auto_record integer not null default 0 check (auto_record in (0, 1)),
  created_by text references person (id),
  created_at integer not null,
  check ((state in ('live', 'ended')) = (opened_at is not null)),
  check ((state = 'ended') = (ended_at is not null))
) strict;
create index meeting_by_start on meeting (planned_start, id);
create index meeting_by_state on meeting (state, planned_start, id);

-- States go forward only.
create trigger meeting_forward before update of state on meeting
when new.state <> old.state and not (
  (old.state = 'scheduled' and new.state in ('live', 'cancelled'))
  or (old.state = 'live' and new.state = 'ended'))
begin
  select raise(abort, 'a meeting goes from scheduled to live to ended, or is cancelled');
end;

create table invitation (
  id text primary key check (length(id) = 16),
  meeting text not null references meeting (id),
  person text not null references person (id),
  capacity text not null check (capacity in ('attend', 'observe', 'invited', 'host')),
  link_digest text unique,
  link_expires_at integer,
  link_used_at integer,
  revoked_at integer,
  created_at integer not null,
  unique (meeting, person),
  check ((link_digest is null) = (link_expires_at is null))
) strict;
create index invitation_by_person on invitation (person, meeting);

create table session (
  digest text primary key check (length(digest) = 64),
  person text not null references person (id),
  csrf text not null,
  scope_meeting text references meeting (id),
  created_at integer not null,
  last_seen_at integer not null,
  expires_at integer not null,
  address text not null
) strict, without rowid;
create index session_by_person on session (person, scope_meeting);
create index session_by_expiry on session (expires_at);

create table join_token (
  digest text primary key check (length(digest) = 64),
  meeting text not null references meeting (id),
  person text not null references person (id),
  manage integer not null check (manage in (0, 1)),
  created_at integer not null,
  expires_at integer not null check (expires_at - created_at <= 300000),
  used_at integer,
  revoked_at integer
) strict, without rowid;
create index join_token_by_person on join_token (person, meeting);
create index join_token_by_expiry on join_token (expires_at);

-- What was seen on the wire: one row per connection of a device. Closed once, never edited.
create table presence_segment (
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
    ('left', 'dropped', 'removed', 'replaced', 'ended', 'shutdown', 'crash')),
  check ((left_at is null) = (left_mono_us is null)),
  check ((left_at is null) = (ended_by is null))
) strict;
create index presence_by_meeting on presence_segment (meeting, person, joined_at);
create index presence_by_person on presence_segment (person, left_at);
create index presence_open on presence_segment (meeting, person) where left_at is null;

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

create table meeting_event (
  meeting text not null references meeting (id),
  seq integer not null check (seq >= 1),
  at integer not null,
  mono_us integer not null,
  kind text not null check (length(kind) between 1 and 40),
  person text references person (id),
  participant text,
  data text not null default '{}' check (json_valid(data)),
  primary key (meeting, seq)
) strict, without rowid;
create trigger meeting_event_kept before delete on meeting_event
begin
  select raise(abort, 'meeting events are never deleted');
end;
create trigger meeting_event_fixed before update on meeting_event
begin
  select raise(abort, 'meeting events are never edited');
end;

create table chat_message (
  seq integer primary key autoincrement,
  id text not null unique check (length(id) = 16),
  meeting text not null references meeting (id),
  person text not null references person (id),
  participant text not null,
  name text not null,
  text text not null check (length(text) between 1 and 2000),
  at integer not null
) strict;
create index chat_by_meeting on chat_message (meeting, seq);

-- Decisions of staff beside the evidence; the newest counts.
create table attendance_decision (
  id integer primary key autoincrement,
  meeting text not null references meeting (id),
  person text not null references person (id),
  state text not null check (state in ('present', 'observer', 'leave', 'absent')),
  late integer not null check (late in (0, 1)),
  left_early integer not null check (left_early in (0, 1)),
  note text not null default '' check (length(note) <= 500),
  by text not null references person (id),
  at integer not null,
  check (by <> person)
) strict;
create index attendance_by_meeting on attendance_decision (meeting, person, id);
create trigger attendance_kept before delete on attendance_decision
begin
  select raise(abort, 'attendance decisions are never deleted');
end;
create trigger attendance_fixed before update on attendance_decision
begin
  select raise(abort, 'attendance decisions are never edited');
end;

-- hash = SHA-256 over the previous hash and this row's fields (audit.c).
create table audit_record (
  seq integer primary key check (seq >= 1),
  at integer not null,
  kind text not null check (length(kind) between 1 and 40),
  subject text,
  object text,
  result text not null check (result in ('ok', 'refused', 'failed')),
  address text,
  detail text not null default '{}' check (json_valid(detail)),
  hash text not null check (length(hash) = 64)
) strict;
create trigger audit_kept before delete on audit_record
begin
  select raise(abort, 'audit records are never deleted');
end;
create trigger audit_fixed before update on audit_record
begin
  select raise(abort, 'audit records are never edited');
end;
