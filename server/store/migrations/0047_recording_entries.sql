-- A recording as people see it: what was recorded of a meeting, in one part or several (rows of
-- `recording`), until it is removed; what is recorded after that begins another. Its id is that of
-- the part that came first.
create table recording_entry (
  id text primary key check (length(id) = 16),
  meeting text not null references meeting (id),
  state text not null,
  started_at integer not null,
  -- Held: nobody may remove it, by hand or by its age.
  held_at integer,
  held_by text references person (id),
  hold_reason text,
  -- Removed: the files go from the disk, what is known of them stays. By nobody: by its age.
  removed_at integer,
  removed_by text references person (id),
  remove_reason text,
  purged_at integer, -- since then no file of it is on the disk
  warned_at integer, -- when its host was told last that its age will remove it
  created_at integer not null,
  version integer not null default 1,
  check ((held_at is null) = (held_by is null) and (held_at is null) = (hold_reason is null)),
  check ((removed_at is null) = (state <> 'removed')),
  check ((removed_by is null) = (remove_reason is null)),
  check (removed_at is not null or removed_by is null and purged_at is null),
  check (removed_at is null or held_at is null)
) strict;
create unique index recording_entry_of_meeting on recording_entry (meeting)
  where removed_at is null;
create index recording_entry_by_meeting on recording_entry (meeting, started_at, id);
create index recording_entry_by_start on recording_entry (started_at, id);
create index recording_entry_by_state on recording_entry (state, started_at, id);
create index recording_entry_held on recording_entry (started_at, id) where held_at is not null;
create index recording_entry_by_holder on recording_entry (held_by) where held_by is not null;
create index recording_entry_by_remover on recording_entry (removed_by)
  where removed_by is not null;
create index recording_entry_to_purge on recording_entry (id)
  where removed_at is not null and purged_at is null;

alter table recording add column entry text references recording_entry (id);
create index recording_by_entry on recording (entry, started_at, id);

-- What its parts make of it. A part that failed has nothing to play, and so no beginning unless
-- all of them did.
create view recording_entry_now as
  select entry, coalesce(min(iif(state <> 'failed', started_at, null)), min(started_at))
      as started_at,
    case when max(state = 'recording') then 'recording'
      when min(state = 'failed') then 'failed'
      when max(state in ('interrupted', 'failed')) then 'interrupted' else 'ready' end as state
  from recording group by entry;

insert into recording_entry (id, meeting, state, started_at, created_at)
  select r.id, r.meeting, 'failed', r.started_at, r.started_at from recording r
  where not exists (select 1 from recording e where e.meeting = r.meeting
    and (e.started_at, e.id) < (r.started_at, r.id));
update recording set entry = (select e.id from recording_entry e where e.meeting = recording.meeting);
update recording_entry set state = n.state, started_at = n.started_at
  from recording_entry_now n where n.entry = recording_entry.id;

create trigger recording_enters after insert on recording
begin
  insert into recording_entry (id, meeting, state, started_at, created_at)
    select new.id, new.meeting, 'recording', new.started_at, new.started_at
    where not exists (select 1 from recording_entry
      where meeting = new.meeting and removed_at is null);
  update recording set entry = (select id from recording_entry
    where meeting = new.meeting and removed_at is null) where id = new.id;
  insert or ignore into search_due (kind, id) select 'recording', id from recording_entry
    where meeting = new.meeting and removed_at is null;
end;
create trigger recording_moves_on after update of state, entry on recording
begin
  update recording_entry set (state, started_at) =
    (select n.state, n.started_at from recording_entry_now n where n.entry = new.entry)
    where id = new.entry and removed_at is null;
end;
-- It is found by its meeting's title.
create trigger recording_is_called after update of title on meeting when new.title <> old.title
begin
  insert or ignore into search_due (kind, id) select 'recording', id from recording_entry
    where meeting = new.id;
end;
create trigger recording_entry_fixed before update of entry on recording
when old.entry is not null
begin
  select raise(abort, 'a part stays in its recording');
end;
create trigger recording_entry_kept before delete on recording_entry
begin
  select raise(abort, 'recordings are never deleted');
end;
create trigger recording_entry_final before update on recording_entry
when new.id <> old.id or new.meeting <> old.meeting or new.created_at <> old.created_at
  or (old.removed_at is not null and (new.removed_at is not old.removed_at
    or new.removed_by is not old.removed_by or new.remove_reason is not old.remove_reason))
begin
  select raise(abort, 'what was removed stays removed');
end;

-- A file as it is sent, and how.
create view recording_file_sent as
  select f.*, iif(f.source in ('mic', 'screen_audio'), 'audio/webm', 'video/webm') as type,
    r.meeting, r.folder, r.entry, e.removed_at
  from recording_file f join recording r on r.id = f.recording
  join recording_entry e on e.id = r.entry;
