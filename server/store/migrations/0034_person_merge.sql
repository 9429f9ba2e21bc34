-- Two accounts of one person: one refers to the other and is used no more.
alter table person add column merged_into text references person (id);
create index person_by_merged on person (merged_into) where merged_into is not null;
create table person_merge (
  id text primary key check (length(id) = 16),
  duplicate text not null references person (id),
  survivor text not null references person (id),
  state text not null,
  reason text not null,
  decided_by text references person (id),
  created_at integer not null,
  created_by text references person (id),
  version integer not null default 1,
  check (duplicate <> survivor or state = 'merged')
) strict;
create unique index person_merge_open on person_merge (duplicate) where state = 'proposed';
create index person_merge_by_time on person_merge (created_at, id);
