-- Templates of printed forms that an office brought in place of those that come with the program: few, small, and kept in
-- the database, so that a copy of it prints as it did. What was replaced stays.
create table paper_template (
  id text primary key check (length(id) = 16),
  form text not null,
  name text not null,
  size integer not null,
  sha256 text not null,
  document blob not null,
  withdrawn_at integer,
  version integer not null default 1,
  created_at integer not null,
  created_by text not null references person (id)
) strict;
create unique index paper_template_in_use on paper_template (form) where withdrawn_at is null;
create index paper_template_by_time on paper_template (created_at, id);
create index paper_template_by_form on paper_template (form, created_at, id);
create index paper_template_by_creator on paper_template (created_by);
