-- A bound of a field stands with its subject (model/guard.h keeps it), and no longer here too: the
-- one who raises it changes one number. What is only left out of the text of a table needs no new
-- table (SQLite, "Making Other Kinds Of Table Schema Changes"), so that this takes no time.
pragma writable_schema = on;
update sqlite_schema set sql = replace(replace(replace(replace(replace(replace(sql,
  ' check (length(name) between 1 and 64)', ''),
  ' check (length(login) between 1 and 64)', ''),
  ' check (kind in (''member'', ''staff'', ''guest'', ''admin''))', ''),
  ' check (length(sector) <= 64)', ''),
  ' check (length(organisation) <= 128)', ''),
  ' check (active in (0, 1))', '')
where type = 'table' and name = 'person';
update sqlite_schema set sql = replace(replace(replace(replace(replace(sql,
  ' check (length(title) between 1 and 200)', ''),
  ' check (length(topic) <= 2000)', ''),
  ' check (type in (''consultation''))', ''),
  char(10) || '    check (state in (''scheduled'', ''live'', ''ended'', ''cancelled''))', ''),
  ' check (auto_record in (0, 1))', '')
where type = 'table' and name = 'meeting';
update sqlite_schema set sql = replace(sql,
  ' check (capacity in (''attend'', ''observe'', ''invited'', ''host''))', '')
where type = 'table' and name = 'invitation';
update sqlite_schema set sql = replace(sql,
  ' check (length(kind) between 1 and 40)', '')
where type = 'table' and name = 'meeting_event';
update sqlite_schema set sql = replace(sql,
  ' check (length(text) between 1 and 2000)', '')
where type = 'table' and name = 'chat_message';
update sqlite_schema set sql = replace(replace(sql,
  ' check (length(kind) between 1 and 40)', ''),
  ' check (result in (''ok'', ''refused'', ''failed''))', '')
where type = 'table' and name = 'audit_record';
update sqlite_schema set sql = replace(sql,
  ' check (language in (''zh'', ''en''))', '')
where type = 'table' and name = 'inbox';
update sqlite_schema set sql = replace(replace(sql,
  ' check (state in (''queued'', ''sent'', ''failed'', ''read''))', ''),
  ' check (attempts >= 0)', '')
where type = 'table' and name = 'delivery';
update sqlite_schema set sql = replace(replace(sql,
  ' check (result in (''ok'', ''failed''))', ''),
  ' check (failures >= 0)', '')
where type = 'table' and name = 'job';
create view schema_changed as select 1;
drop view schema_changed;
pragma writable_schema = reset;
