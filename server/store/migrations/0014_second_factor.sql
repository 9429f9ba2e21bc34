-- The second factor of a log-in (store/second-factor.h): the secret from which somebody's phone
-- makes codes, and the codes on paper for the day when there is no phone.

-- The secret is kept as it is, because the server makes the same codes from it. Without
-- confirmed_at nobody has shown that a phone has it, and no log-in asks for a code.
create table second_factor (
  person text primary key references person (id),
  secret blob not null check (length(secret) = 20),
  confirmed_at integer,
  -- The step (30 s since 1970) of the last code that was good: it and earlier ones are used up.
  last_step integer not null default 0 check (last_step >= 0),
  created_at integer not null,
  check ((confirmed_at is null) = (last_step = 0))
) strict, without rowid;
create trigger second_factor_fixed before update on second_factor
when new.person <> old.person or (old.confirmed_at is not null and (new.secret <> old.secret
  or new.confirmed_at is not old.confirmed_at or new.last_step <= old.last_step))
begin
  select raise(abort, 'a confirmed second factor is not replaced, and a code is good once');
end;
create trigger guest_without_second_factor before insert on second_factor
when exists (select 1 from person where id = new.person and kind = 'guest')
begin
  select raise(abort, 'a guest has no second factor');
end;

-- SHA-256 of the person's id and the code, in hex; a used one stays until new ones are made.
create table recovery_code (
  person text not null references second_factor (person),
  digest text not null check (length(digest) = 64),
  used_at integer,
  primary key (person, digest)
) strict, without rowid;
create trigger recovery_code_once before update on recovery_code
when old.used_at is not null or new.person <> old.person or new.digest <> old.digest
begin
  select raise(abort, 'a recovery code is good once');
end;
