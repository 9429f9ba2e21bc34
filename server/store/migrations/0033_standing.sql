-- How a member stands: admitted for a term, suspended, gone; each change but the first asked by one
-- and confirmed by another, and a file for each of his terms.
alter table member_profile add column left_on text;
alter table member_profile add column exit text;
alter table member_profile add column exit_on text;

create table member_change (
  id text primary key check (length(id) = 16),
  member_profile text not null references member_profile (id),
  state text not null,
  kind text not null,
  day text not null,
  exit text,
  exit_on text,
  reason text not null,
  document_no text,
  decided_by text references person (id),
  created_at integer not null,
  created_by text references person (id),
  version integer not null default 1,
  check ((kind = 'leave') = (exit is not null))
) strict;
create unique index member_change_open on member_change (member_profile) where state = 'asked';
create index member_change_by_time on member_change (created_at, id);
create index member_change_by_state on member_change (state, created_at, id);
create index member_change_by_member on member_change (member_profile, created_at, id);

create table term_file (
  id text primary key check (length(id) = 16),
  member_profile text not null references member_profile (id),
  term text not null references term (id),
  sector text not null references org (id),
  capacity text not null,
  work_unit text,
  work_title text,
  summary text,
  created_at integer not null,
  created_by text references person (id),
  version integer not null default 1,
  unique (member_profile, term)
) strict;
create index term_file_by_term on term_file (term, created_at, id);
create index term_file_by_member on term_file (member_profile, created_at, id);
