-- Which session somebody came by: with it end the tokens that it was given and the connections that
-- came by them, and who is in a meeting keeps this session alive and no other.

alter table join_token add column session text check (length(session) = 64);
create index join_token_by_session on join_token (session) where session is not null;
alter table presence_segment add column session text check (length(session) = 64);
create index presence_by_session on presence_segment (session, left_at) where session is not null;

-- However a session ends: its unused tokens are worth nothing.
create trigger session_ended after delete on session
begin
  delete from join_token where session = old.digest and used_at is null;
end;

-- A guest has a personal link and nothing else: no name to sign in with, no password.
create trigger guest_without_login before update of login, kind on person
when new.kind = 'guest' and new.login is not null
begin
  select raise(abort, 'a guest has no login');
end;
create trigger guest_without_password before insert on credential
when exists (select 1 from person where id = new.person and kind = 'guest')
begin
  select raise(abort, 'a guest has no password');
end;
