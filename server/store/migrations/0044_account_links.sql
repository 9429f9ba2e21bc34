-- Links by which members set up their accounts: one a person at a time, of which only the digest is
-- kept (store/account-link.h).
create table account_link (
  person text primary key references person (id),
  digest text not null unique,
  created_at integer not null,
  created_by text references person (id),
  expires_at integer not null,
  used_at integer
) strict, without rowid;
create index account_link_by_creator on account_link (created_by);
