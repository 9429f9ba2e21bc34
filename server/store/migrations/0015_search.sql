-- What people look for, of every kind of record. See model/search.h.
--
-- The place of a record follows its time, so that the index, which is walked by place, gives the
-- newest first.
create table search_doc (
  place integer primary key,
  kind text not null check (length(kind) between 1 and 40),
  id text not null check (length(id) between 1 and 64),
  at integer not null,
  number text check (number <> ''),
  title text not null,
  unique (kind, id)
) strict;
create index search_doc_number on search_doc (number, place) where number is not null;

-- The folded texts that the index was made of: it takes an entry out only when it is told its words
-- once more. Apart from the rest, which is read for each row that is found.
create table search_text (
  place integer primary key references search_doc (place),
  title text not null,
  text text not null
) strict;

create virtual table search_index using fts5 (title, text, content = '', tokenize = 'ascii');
