-- How long things may take, and what is due. A rule is made anew and never edited: the latest of a
-- code counts for what begins from then on, and what runs keeps the one that it began with.
create table deadline_rule (
  id text primary key check (length(id) = 16),
  code text not null,
  unit text not null,
  count integer not null,
  warn text not null check (json_valid(warn)),
  is_pausable integer not null,
  source text not null,
  created_at integer not null,
  created_by text references person (id),
  version integer not null default 1
) strict;
create index deadline_rule_by_code on deadline_rule (code, created_at, id);
create index deadline_rule_by_time on deadline_rule (created_at, id);
create trigger deadline_rule_fixed before update of code, unit, count, warn, is_pausable, source,
created_at, created_by on deadline_rule
begin
  select raise(abort, 'a rule is made anew, what it was stays');
end;
create trigger deadline_rule_kept before delete on deadline_rule
begin
  select raise(abort, 'a rule is made anew, what it was stays');
end;

-- A limit that runs for a record, or ran. due_at is null while the calendar of those days is not
-- loaded. From yellow_at and from orange_at it has that colour; at next_at somebody is told.
create table due (
  id text primary key check (length(id) = 16),
  subject text not null,
  record text not null check (length(record) = 16),
  code text not null,
  rule text not null references deadline_rule (id),
  base_seq integer not null,
  start_at integer not null,
  due_at integer,
  yellow_at integer,
  orange_at integer,
  paused_at integer,
  paused_ms integer not null default 0 check (paused_ms >= 0),
  warn_at text not null default '[]' check (json_valid(warn_at)),
  next_at integer,
  ended text check (ended in ('done', 'waived')),
  done_at integer,
  waived_by text references person (id),
  reason text,
  check ((ended is null) = (done_at is null)),
  check (ended is null or next_at is null)
) strict;
create unique index due_open on due (subject, record, code) where done_at is null;
create index due_by_time on due (due_at) where done_at is null;
create index due_next on due (next_at) where next_at is not null;
create index due_by_record on due (subject, record, start_at);
create trigger due_kept before delete on due
begin
  select raise(abort, 'what was due stays');
end;
create trigger due_fixed before update on due
when new.id <> old.id or new.subject <> old.subject or new.record <> old.record
  or new.code <> old.code or new.rule <> old.rule or new.base_seq <> old.base_seq
  or new.start_at <> old.start_at or old.done_at is not null
begin
  select raise(abort, 'what runs keeps its rule and its beginning, what ended stays');
end;

-- What moved it since it began, in order: from its rule, its start and these it is reckoned anew
-- when the calendar changes.
create table due_move (
  due text not null references due (id),
  seq integer not null,
  at integer not null,
  kind text not null check (kind in ('pause', 'resume', 'extend')),
  day text check ((kind = 'extend') = (day is not null)),
  primary key (due, seq)
) strict, without rowid;
create trigger due_move_kept before delete on due_move
begin
  select raise(abort, 'what moved a limit stays');
end;
create trigger due_move_fixed before update on due_move
begin
  select raise(abort, 'what moved a limit stays');
end;
