-- The index takes the kind of a record too, so that looking for one kind walks over no other; and
-- what is shown beside the title in a result. Nothing has been put into it by an earlier program.
drop table search_index;
delete from search_text;
delete from search_doc;
alter table search_doc add column written text; -- the number as people write it
alter table search_doc add column about text;
create virtual table search_index
  using fts5 (title, text, kind, content = '', tokenize = "ascii tokenchars '_'");

-- How far the rows that were there have been indexed, by which section of the subject's queries.sql
-- (its digest); walked is the key of the last one, null when all are. See model/index.h.
create table search_walk (
  kind text primary key check (length(kind) between 1 and 40),
  section text not null,
  walked text
) strict, without rowid;

-- Rows to be indexed later.
create table search_due (
  kind text not null check (length(kind) between 1 and 40),
  id text not null check (length(id) between 1 and 64),
  primary key (kind, id)
) strict, without rowid;
