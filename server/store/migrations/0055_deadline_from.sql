-- From which day a rule counts for what begins: of what came with the server from the first one on.
-- One that was made for later is known before it is good.
alter table deadline_rule add column starts_on text not null default '2000-01-01';
update deadline_rule set starts_on = date(created_at / 1000, 'unixepoch', '+8 hours') where created_by is not null;
create index deadline_rule_by_start on deadline_rule (code, starts_on, created_at);
drop trigger deadline_rule_fixed;
create trigger deadline_rule_fixed before update of code, unit, count, warn, is_pausable, source, starts_on,
created_at, created_by on deadline_rule
begin
  select raise(abort, 'a rule is made anew, what it was stays');
end;
