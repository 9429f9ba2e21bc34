-- Who can confirm that somebody is given a role: the security administrators and the leaders who can
-- sign in.
create view role_confirmer as select h.person from role_holder h join person p on p.id = h.person
where h.state = 'held' and h.role in ('security_admin', 'leader') and p.active = 1
  and p.login is not null;

-- Whoever knew the way into an account before it became an administrator's is out.
create trigger role_holder_promoted_insert after insert on role_holder
when new.state = 'held' and new.valid_from is not null and new.role like '%\_admin' escape '\'
begin
  update credential set must_change = 1 where person = new.person;
  delete from session where person = new.person;
  update join_token set revoked_at = new.valid_from where person = new.person and used_at is null;
end;
create trigger role_holder_promoted_update after update of valid_from on role_holder
when new.state = 'held' and old.valid_from is null and new.role like '%\_admin' escape '\'
begin
  update credential set must_change = 1 where person = new.person;
  delete from session where person = new.person;
  update join_token set revoked_at = new.valid_from where person = new.person and used_at is null;
end;
