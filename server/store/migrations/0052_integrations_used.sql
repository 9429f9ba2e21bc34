-- How the last sending by an integration went, apart from the integration, whose history is of what
-- people changed.
create table integration_use (
  integration text primary key references integration (id),
  last_sent_at integer,
  last_failed_at integer,
  failure text
) strict, without rowid;

-- By which ways notices leave the house: those that the configuration has (the outbox notes them
-- when it starts), and those that have an integration in use.
create view notice_way (channel) as
select c.value from json_each('["email","sms","webhook","push"]') c
where exists (select 1 from setting s where s.key = 'notice_channels'
    and instr(' ' || s.value || ' ', ' ' || c.value || ' '))
  or exists (select 1 from integration i where i.active = 1
    and i.kind = case c.value when 'email' then 'smtp' when 'sms' then 'sms' end);
