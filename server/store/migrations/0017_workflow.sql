-- Numbers without gaps, one row for each series; and what was set aside for one record, by whom.
create table counter (
  subject text not null,
  field text not null,
  series text not null,
  value integer not null check (value >= 1),
  primary key (subject, field, series)
) strict, without rowid;
create trigger counter_grows before update on counter when new.value <= old.value
begin
  select raise(abort, 'a number is never given twice');
end;
create trigger counter_kept before delete on counter
begin
  select raise(abort, 'a number is never given twice');
end;

create table waiver (
  subject text not null,
  id text not null check (length(id) = 16),
  verb text not null,
  at integer not null,
  by text not null references person (id),
  reason text not null,
  primary key (subject, id, verb)
) strict, without rowid;
