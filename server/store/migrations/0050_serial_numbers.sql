-- The number (流水号) that a request for a change gets when it is handed in: those of a day are counted.
-- What was asked for before has none.
alter table change_request add column asked_on text;
alter table change_request add column number integer;
create unique index change_request_by_number on change_request (asked_on, number)
  where number is not null;
