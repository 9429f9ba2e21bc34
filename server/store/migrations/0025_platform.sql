-- What the office sets while the server runs (domain/setting): the latest row of a key counts, and
-- those before it stay. (The table setting has marks of the program's own.)
create table setting_value (
  id text primary key check (length(id) = 16),
  key text not null,
  value text not null,
  created_at integer not null,
  created_by text references person (id),
  version integer not null default 1
) strict;
create index setting_value_by_key on setting_value (key, created_at, id);
create index setting_value_by_time on setting_value (created_at, id);
create trigger setting_value_fixed before update of key, value, created_at, created_by
on setting_value
begin
  select raise(abort, 'a setting is set anew, what it was stays');
end;
create trigger setting_value_kept before delete on setting_value
begin
  select raise(abort, 'a setting is set anew, what it was stays');
end;
insert into setting_value (id, key, value, created_at)
values (lower(hex(randomblob(8))), 'absence_days_most', '180', 0);

-- What the server does by itself from time to time: the last time it did, and how that went.
create table job (
  name text primary key check (length(name) between 1 and 40),
  last_started_at integer not null,
  last_ended_at integer not null check (last_ended_at >= last_started_at),
  next_at integer,
  result text not null check (result in ('ok', 'failed')),
  message text,
  failures integer not null check (failures >= 0)
) strict, without rowid;

-- What the server sends to and signs in by. The secret stands apart, so that no list of these reads
-- it.
create table integration (
  id text primary key check (length(id) = 16),
  kind text not null,
  name text not null,
  url text not null,
  account text,
  sender text,
  active integer not null,
  created_at integer not null,
  version integer not null default 1
) strict;
create unique index integration_active on integration (kind) where active = 1 and kind <> 'webhook';
create index integration_by_name on integration (name, id);
create table integration_secret (
  integration text primary key references integration (id),
  secret text not null check (length(secret) between 1 and 500),
  changed_at integer not null
) strict, without rowid;
