-- Who changes a person says which version of the row he saw, so that nobody overwrites what he has
-- not seen.
alter table person add column version integer not null default 1;
