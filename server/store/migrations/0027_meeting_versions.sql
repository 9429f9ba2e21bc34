-- Who changes a meeting or an invitation says which version of the row he saw. Which state leads to
-- which is declared (domain/meeting) and installed as a guard; here stands only what it does not
-- say: what a person ended stays ended.
alter table meeting add column version integer not null default 1;
alter table invitation add column version integer not null default 1;

drop trigger meeting_forward;
create trigger meeting_stays_ended before update of state on meeting
when old.state = 'ended' and new.state <> old.state and not (old.ended_by_itself = 1
  and new.ended_by_itself = 0 and new.reopened_at is not null)
begin
  select raise(abort, 'what a person ended stays ended');
end;

-- Who can be invited to anything. Administrators look after the system, apart from what it is used
-- for.
create view invitable as
  select p.id from person p where p.active = 1 and p.kind <> 'admin' and not exists
    (select 1 from person_role r where r.person = p.id and r.role like '%\_admin' escape '\');
