-- Terms (届) of the committee and their sessions (次), which have a plenary and a time in which its
-- proposals are taken.
create table term (
  id text primary key check (length(id) = 16),
  no integer not null unique,
  name text not null,
  starts_on text not null,
  ends_on text not null check (ends_on >= starts_on),
  created_at integer not null,
  version integer not null default 1
) strict;

create table term_session (
  id text primary key check (length(id) = 16),
  term text not null references term (id),
  no integer not null,
  name text not null,
  plenary_from text not null,
  plenary_to text not null check (plenary_to >= plenary_from),
  proposal_open_at integer,
  proposal_close_at integer check (proposal_close_at > proposal_open_at),
  created_at integer not null,
  version integer not null default 1,
  unique (term, no),
  check ((proposal_open_at is null) = (proposal_close_at is null))
) strict;
create index term_session_by_plenary on term_session (plenary_from, id);

-- In which term somebody holds a post; null: it has nothing to do with terms.
alter table post add column term text references term (id);
