-- Notices: what happened to which record, whom it is told, and what of it leaves the house. Rows are
-- written in the transaction of what happened; the outbox sends after the commit.
create table notice (
  id text primary key check (length(id) = 16),
  code text not null check (length(code) between 1 and 60),
  subject text not null check (length(subject) between 1 and 40),
  record text not null check (length(record) = 16),
  severity text not null check (severity in ('normal', 'urgent')),
  params text not null default '{}' check (json_valid(params)),
  actor text references person (id),
  times integer not null default 1 check (times >= 1),
  created_at integer not null,
  at integer not null
) strict;
create index notice_by_record on notice (subject, record, code, created_at);

-- An entry of somebody's inbox. It is the truth: whatever else is sent is a hint to look there.
create table notice_entry (
  id text primary key check (length(id) = 16),
  notice text not null references notice (id),
  person text not null references person (id),
  posted_at integer not null,
  read_at integer,
  escalate_at integer,
  created_at integer not null,
  version integer not null default 1,
  unique (notice, person),
  check (read_at is null or escalate_at is null)
) strict;
create index notice_entry_by_person on notice_entry (person, posted_at, id);
create index notice_entry_unread on notice_entry (person, posted_at, id) where read_at is null;
create index notice_entry_escalates on notice_entry (escalate_at) where escalate_at is not null;

-- The same entry by another way. The id is what a receiver tells repetitions by.
create table delivery (
  id text primary key check (length(id) = 16),
  entry text not null references notice_entry (id),
  channel text not null,
  state text not null check (state in ('queued', 'sent', 'failed', 'read')),
  at integer not null,
  attempts integer not null default 0 check (attempts >= 0),
  next_at integer,
  reason text,
  created_at integer not null,
  version integer not null default 1,
  unique (entry, channel),
  check ((state = 'queued') = (next_at is not null))
) strict;
create index delivery_due on delivery (channel, next_at) where state = 'queued';
create index delivery_by_state on delivery (state, at, id);
create index delivery_by_age on delivery (created_at, id);

-- How somebody wants to be told, beside the inbox: a row for everybody, of the same id.
create table inbox (
  id text primary key references person (id),
  language text not null default 'zh' check (language in ('zh', 'en')),
  email text,
  phone text,
  by_email integer not null default 1,
  by_sms integer not null default 1,
  by_push integer not null default 1,
  webhook text,
  webhook_secret text,
  created_at integer not null,
  version integer not null default 1,
  check ((webhook is null) = (webhook_secret is null))
) strict;
insert into inbox (id, created_at) select id, created_at from person;
create trigger inbox_made after insert on person
begin
  insert into inbox (id, created_at) values (new.id, new.created_at);
end;

-- Browsers that take pushes (RFC 8030), with the keys that a message to them is sealed with.
create table push_device (
  id text primary key check (length(id) = 16),
  person text not null references person (id),
  endpoint text not null unique,
  p256dh text not null,
  auth text not null,
  label text not null default '',
  created_at integer not null,
  version integer not null default 1
) strict;
create index push_device_by_person on push_device (person, created_at, id);
