-- Files of records. One that was only sent waits for a record that takes it (expires_at), then belongs
-- to a field of it; what was taken out of the field stays as a row, so that the history can name it.
create table attachment (
  id text primary key check (length(id) = 16),
  owner_kind text,
  owner_id text,
  field text,
  name text not null check (length(name) between 1 and 200),
  mime text not null,
  size integer not null check (size >= 0),
  sha256 text not null check (length(sha256) = 64),
  created_by text not null references person (id),
  created_at integer not null,
  expires_at integer,
  adopted_at integer,
  removed_at integer,
  check ((owner_kind is null) = (owner_id is null) and (owner_kind is null) = (field is null)),
  check ((owner_kind is null) = (adopted_at is null)),
  check ((owner_kind is null) = (expires_at is not null)),
  check (removed_at is null or owner_kind is not null)
) strict;
create index attachment_by_owner on attachment (owner_kind, owner_id, field) where owner_kind is not null;
create index attachment_by_content on attachment (sha256);
create index attachment_pending on attachment (created_by, expires_at) where expires_at is not null;
create index attachment_expires on attachment (expires_at) where expires_at is not null;
