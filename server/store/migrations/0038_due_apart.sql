-- Two limits of one record may end on one day, and each is told of: a notice says what of its record
-- it is about, where that makes it another notice. No statement asks for limits by their end.
alter table notice add column about text check (length(about) between 1 and 60);
drop index notice_by_record;
create index notice_by_record on notice (subject, record, code, about, created_at);
drop index due_by_time;
