-- How many days recordings are kept after they ended; 0: for ever, as all were until now.
insert into setting_value (id, key, value, created_at)
values (lower(hex(randomblob(8))), 'recording_days', '0', 0);
