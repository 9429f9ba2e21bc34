-- Who holds which role, for which organisation (null: for none), since when and until when, and who
-- gave it: a row a span. What ended stays as it was, and none is deleted.
create table role_holder (
  id text primary key check (length(id) = 16),
  person text not null references person (id),
  role text not null,
  org text references org (id),
  state text not null,
  valid_from integer,
  valid_to integer check (valid_to >= valid_from),
  reason text,
  granted_by text references person (id),
  created_at integer not null,
  created_by text references person (id),
  version integer not null default 1
) strict;
create unique index role_holder_once on role_holder (person, role, coalesce(org, ''))
where state = 'held';
create index role_holder_by_person on role_holder (person, created_at, id);
create index role_holder_by_role on role_holder (role, person) where state = 'held';
create index role_holder_by_time on role_holder (created_at, id);

insert into role_holder (id, person, role, state, valid_from, created_at)
select lower(hex(randomblob(8))), r.person, r.role, 'held', p.created_at, p.created_at
from person_role r join person p on p.id = r.person;
drop table person_role;

-- What is held now, once for however many organisations.
create view person_role as select h.person, h.role from role_holder h
where h.state = 'held' and not exists (select 1 from role_holder o
  where o.person = h.person and o.role = h.role and o.state = 'held' and o.id < h.id);

-- The three administrators are kept apart from each other and from whatever the system is used for:
-- who is one of them holds no other role.
create trigger role_holder_separated_insert before insert on role_holder
when new.state = 'held' and exists (select 1 from role_holder h
  where h.person = new.person and h.state = 'held' and h.role <> new.role
  and (h.role like '%\_admin' escape '\' or new.role like '%\_admin' escape '\'))
begin
  select raise(abort, 'an administrator holds no other role');
end;
create trigger role_holder_separated_update before update of state on role_holder
when new.state = 'held' and exists (select 1 from role_holder h
  where h.person = new.person and h.state = 'held' and h.role <> new.role
  and (h.role like '%\_admin' escape '\' or new.role like '%\_admin' escape '\'))
begin
  select raise(abort, 'an administrator holds no other role');
end;
create trigger role_holder_fixed before update on role_holder
when new.id <> old.id or new.person <> old.person or new.role <> old.role or new.org is not old.org
  or new.created_at <> old.created_at or new.created_by is not old.created_by
  or (old.valid_from is not null and new.valid_from is not old.valid_from)
  or (old.valid_to is not null and new.valid_to is not old.valid_to)
  or (old.state = 'ended' and new.state <> 'ended')
begin
  select raise(abort, 'roles are given and end, they are not changed');
end;
create trigger role_holder_kept before delete on role_holder
begin
  select raise(abort, 'roles end and are never deleted');
end;
