-- The register of members: what is known of one beside his account, and what he asks to be changed.
create table member_profile (
  id text primary key check (length(id) = 16),
  person text not null unique references person (id),
  state text not null,
  code text not null unique,
  sex text,
  birth_date text,
  nation text,
  native_place text,
  education text,
  political_affiliation text,
  political_affiliation_on text,
  work_unit text,
  work_title text,
  unit_kind text,
  unit_kind_on text,
  in_system integer,
  social_posts text,
  honours text,
  phone text,
  joined_on text,
  terms_served integer not null default 0,
  scored integer not null default 1,
  not_scored_reason text,
  created_at integer not null,
  created_by text references person (id),
  version integer not null default 1,
  check (scored = 1 or not_scored_reason is not null)
) strict;
create index member_profile_by_state on member_profile (state, code, id);
create trigger member_profile_kept before delete on member_profile
begin
  select raise(abort, 'members leave and are never deleted');
end;
create trigger member_profile_fixed before update of created_at, created_by on member_profile
begin
  select raise(abort, 'when and by whom it was made stays');
end;

create table change_request (
  id text primary key check (length(id) = 16),
  person text not null references person (id),
  state text not null,
  field text not null,
  old text,
  new text,
  reason text not null,
  decided_by text references person (id),
  note text,
  created_at integer not null,
  created_by text references person (id),
  version integer not null default 1
) strict;
create unique index change_request_open on change_request (person, field) where state = 'pending';
create index change_request_by_state on change_request (state, created_at, id);
create index change_request_by_time on change_request (created_at, id);
create index change_request_by_person on change_request (person, created_at, id);

insert into deadline_rule (id, code, unit, count, warn, is_pausable, source, created_at)
values (lower(hex(randomblob(8))), 'change', 'working_days', 5,
  '[{"unit":"working_days","count":1}]', 0, '系统默认', 0);
