-- Tables that people bring (model/import-plan.h): what each would do, line by line, what was done of
-- it, and how it can be taken back. A line of a plan is never changed: what was looked at is done.
create table import (
  id text primary key check (length(id) = 16),
  subject text not null,
  file text not null,
  digest text not null,
  columns text not null default '[]' check (json_valid(columns)),
  creates integer not null,
  updates integer not null,
  skips integer not null,
  errors integer not null,
  state text not null,
  created_at integer not null,
  created_by text not null references person (id),
  version integer not null default 1
) strict;
create index import_by_owner on import (created_by, created_at, id);
create index import_by_time on import (created_at, id);
create index import_by_subject on import (subject, created_at, id);

create table import_row (
  id text primary key check (length(id) = 16),
  import text not null references import (id),
  n integer not null,
  outcome text not null,
  key text not null,
  target text check (length(target) = 16),
  seen integer not null,
  data text not null check (json_valid(data)),
  changes text not null check (json_valid(changes)),
  errors text not null check (json_valid(errors)),
  created_at integer not null,
  version integer not null default 1,
  unique (import, n)
) strict;
create index import_row_by_outcome on import_row (import, outcome, n);
create trigger import_row_fixed before update on import_row
begin
  select raise(abort, 'a plan is never edited');
end;

create table import_done (
  import text not null references import (id),
  n integer not null,
  target text not null check (length(target) = 16),
  made integer not null check (made in (0, 1)),
  version integer not null,
  before text check (before is null or json_valid(before)),
  primary key (import, n)
) strict, without rowid;

-- What an import made and nobody used is taken back whole, the role that came with it too; what was
-- done stays in the history and in the audit record.
drop trigger role_holder_kept;
create trigger role_holder_kept before delete on role_holder
when not exists (select 1 from import_done d join import i on i.id = d.import
  where d.target = old.person and d.made = 1 and i.state = 'reverted')
begin
  select raise(abort, 'roles end and are never deleted');
end;
create index import_done_by_target on import_done (target);

-- Whoever is taken back is looked for wherever a person may be named: ten thousand of them, once a
-- row of what grows, would hold up the writer for minutes.
create index role_holder_by_creator on role_holder (created_by);
create index role_holder_by_granter on role_holder (granted_by);
create index meeting_event_by_person on meeting_event (person);
create index chat_message_by_person on chat_message (person);
create index attendance_decision_by_person on attendance_decision (person);
create index attendance_decision_by_maker on attendance_decision (by);
create index notice_by_actor on notice (actor);
create index attachment_by_sender on attachment (created_by);
create index meeting_by_creator on meeting (created_by);
create index meeting_by_host on meeting (host);
create index recording_file_by_person on recording_file (person);
create index attendance_window_by_maker on attendance_window (by);
create index attendance_undo_by_maker on attendance_undo (by);
create index meeting_standing_by_maker on meeting_standing (by);
create index waiver_by_maker on waiver (by);
create index due_by_waiver on due (waived_by);
create index member_profile_by_creator on member_profile (created_by);
create index change_request_by_creator on change_request (created_by);
create index change_request_by_decider on change_request (decided_by);
