-- What changes were answered, for a day, so that a request sent again is not done again.
create table kept_answer (
  person text not null references person (id),
  key text not null check (length(key) between 1 and 64),
  request text not null check (length(request) = 64),
  status integer not null,
  body text,
  location text,
  version integer not null,
  at integer not null,
  primary key (person, key)
) strict, without rowid;
create index kept_answer_by_age on kept_answer (at);
