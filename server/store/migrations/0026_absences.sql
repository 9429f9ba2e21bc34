-- On which days somebody is away. What was cancelled stays.
create table absence (
  id text primary key check (length(id) = 16),
  person text not null references person (id),
  starts_on text not null,
  ends_on text not null check (ends_on >= starts_on),
  reason text,
  cancelled_at integer,
  created_at integer not null,
  version integer not null default 1
) strict;
create index absence_by_start on absence (starts_on, id);
create index absence_by_person on absence (person, starts_on, id);
create trigger absence_kept before delete on absence
begin
  select raise(abort, 'absences are cancelled and never deleted');
end;
