-- Views of lists that people keep; and what administrators look through by time, person and kind.
create table saved_view (
  id text primary key check (length(id) = 16),
  list text not null,
  name text not null,
  address text not null,
  version integer not null default 1,
  created_at integer not null,
  created_by text not null references person (id)
) strict;
create index saved_view_by_person on saved_view (created_by, created_at, id);
create index saved_view_by_list on saved_view (created_by, list, created_at, id);

create index session_by_seen on session (last_seen_at, digest);
create index session_of_person on session (person, last_seen_at, digest);
create index login_failure_by_time on login_failure (last_at, person);

create index audit_by_person on audit_record (subject, seq);
create index audit_by_object on audit_record (object, seq);
create index audit_by_kind on audit_record (kind, seq);
create index audit_by_time on audit_record (at);
