-- Organisations with every name they ever had, and who holds which post in them since when: one row a
-- span, so that any past day can be told.
create table org (
  id text primary key check (length(id) = 16),
  kind text not null,
  code text not null,
  parent text references org (id),
  valid_from text not null,
  valid_to text check (valid_to > valid_from),
  successor text references org (id),
  sort integer not null default 0,
  created_at integer not null,
  version integer not null default 1,
  unique (kind, code),
  check (parent <> id and successor <> id)
) strict;
create index org_by_sort on org (sort, id);
create index org_by_parent on org (parent, sort, id);

-- A name is good until the next one begins: there is no end, so no overlap and no hole to check.
create table org_name (
  org text not null references org (id),
  valid_from text not null,
  name text not null,
  short_name text,
  primary key (org, valid_from)
) strict, without rowid;

create table post (
  id text primary key check (length(id) = 16),
  person text not null references person (id),
  org text not null references org (id),
  role text not null,
  valid_from text not null,
  valid_to text check (valid_to > valid_from),
  reason text,
  created_at integer not null,
  version integer not null default 1
) strict;
create index post_by_person on post (person, valid_from, id);
create index post_by_org on post (org, valid_from, id);
create trigger post_ends before update of valid_to on post
when old.valid_to is not null and (new.valid_to is null or new.valid_to > old.valid_to)
begin
  select raise(abort, 'a post that has ended stays so');
end;
create trigger post_kept before delete on post
begin
  select raise(abort, 'posts end and are never deleted');
end;
