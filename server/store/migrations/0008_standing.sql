-- Whom a host removed for good, and who stands in for the host: the newest word counts, the audit
-- record has them all.
create table meeting_standing (
  meeting text not null references meeting (id),
  person text not null references person (id),
  standing text not null check (standing in ('none', 'barred', 'deputy')),
  by text references person (id),
  at integer not null,
  primary key (meeting, person)
) strict, without rowid;
create index meeting_standing_by_person on meeting_standing (person);
