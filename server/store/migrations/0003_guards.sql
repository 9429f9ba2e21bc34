-- Rights that end when they should, and evidence that stays.

-- Which personal link (its digest) somebody came by: who holds a link that was renewed since is out.
alter table join_token add column link text check (length(link) = 64);

-- When the personal link that is made later is to expire; null: a day after the meeting.
alter table invitation add column link_until integer;

-- What was said, recorded and opened is evidence: the database refuses to forget it, whoever asks.
create trigger chat_kept before delete on chat_message
begin
  select raise(abort, 'chat entries are never deleted');
end;
create trigger chat_fixed before update on chat_message
begin
  select raise(abort, 'chat entries are never edited');
end;
create trigger recording_kept before delete on recording
begin
  select raise(abort, 'recordings are never deleted');
end;
create trigger recording_file_kept before delete on recording_file
when old.sha256 is not null
begin
  select raise(abort, 'closed files are never deleted');
end;
create trigger recording_gap_kept before delete on recording_gap
begin
  select raise(abort, 'gaps are never deleted');
end;
create trigger recording_gap_grows before update on recording_gap
when new.recording <> old.recording or new.at_ms <> old.at_ms or new.for_ms < old.for_ms
begin
  select raise(abort, 'a gap only grows');
end;
create trigger meeting_kept before delete on meeting
begin
  select raise(abort, 'meetings are never deleted');
end;
create trigger meeting_times_fixed before update on meeting
when (old.opened_at is not null and (new.opened_at is not old.opened_at
        or new.opened_mono_us is not old.opened_mono_us or new.opened_boot is not old.opened_boot))
  or (old.ended_at is not null and (new.ended_at is not old.ended_at
        or new.ended_mono_us is not old.ended_mono_us or new.ended_boot is not old.ended_boot))
begin
  select raise(abort, 'a meeting is opened and ended once');
end;
