-- A table brings whole members: what they are found by, and what an import that is taken back may
-- delete. Rows that are kept else go while their row is being unmade (model/change.h), which is
-- noted for that moment only.
create table unmaking (
  id text primary key
) strict, without rowid;

drop trigger role_holder_kept;
create trigger role_holder_kept before delete on role_holder
when not exists (select 1 from unmaking where id = old.person)
begin
  select raise(abort, 'roles end and are never deleted');
end;
drop trigger post_kept;
create trigger post_kept before delete on post
when not exists (select 1 from unmaking where id = old.person)
begin
  select raise(abort, 'posts end and are never deleted');
end;
drop trigger member_profile_kept;
create trigger member_profile_kept before delete on member_profile
when not exists (select 1 from unmaking where id = old.id)
begin
  select raise(abort, 'members leave and are never deleted');
end;

create index member_profile_by_phone on member_profile (phone) where phone is not null;
create index org_name_by_name on org_name (name);
create index org_name_by_short on org_name (short_name) where short_name is not null;
