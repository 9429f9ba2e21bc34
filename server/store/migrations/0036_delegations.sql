-- Who acts for whom (代办): for which days and which verbs ("meeting.edit"). What was revoked stays.
create table delegation (
  id text primary key check (length(id) = 16),
  giver text not null references person (id),
  deputy text not null references person (id) check (deputy <> giver),
  starts_on text not null,
  ends_on text not null check (ends_on >= starts_on),
  reason text not null,
  revoked_at integer,
  created_at integer not null,
  version integer not null default 1
) strict;
create index delegation_by_giver on delegation (giver, starts_on, id);
create index delegation_by_deputy on delegation (deputy, giver, starts_on, id);
create index delegation_by_start on delegation (starts_on, id);
create trigger delegation_kept before delete on delegation
begin
  select raise(abort, 'delegations are revoked and never deleted');
end;

create table delegation_verb (
  delegation text not null references delegation (id),
  verb text not null check (verb like '_%._%'),
  primary key (delegation, verb)
) strict, without rowid;
create trigger delegation_verb_fixed before update on delegation_verb
begin
  select raise(abort, 'what was delegated is never edited');
end;
create trigger delegation_verb_kept before delete on delegation_verb
begin
  select raise(abort, 'what was delegated is never edited');
end;

-- For whom it was done, where that was not whoever did it.
alter table case_event add column on_behalf text references person (id);
create index case_event_by_on_behalf on case_event (on_behalf, at) where on_behalf is not null;
