-- What was done to records of the record half, by whom, when, with old and new values: the history
-- that people see. Appended only; each event's hash is over the one before it of the same record.
create table case_event (
  subject text not null,
  id text not null check (length(id) = 16),
  seq integer not null check (seq >= 1),
  at integer not null,
  actor text references person (id),
  verb text not null,
  from_state text,
  to_state text,
  note text,
  data text check (data is null or json_valid(data)),
  internal integer not null check (internal in (0, 1)),
  hash text not null check (length(hash) = 64),
  primary key (subject, id, seq)
) strict, without rowid;
create index case_event_by_actor on case_event (actor, at);
create trigger case_event_kept before delete on case_event
begin
  select raise(abort, 'events are never deleted');
end;
create trigger case_event_fixed before update on case_event
begin
  select raise(abort, 'events are never edited');
end;
