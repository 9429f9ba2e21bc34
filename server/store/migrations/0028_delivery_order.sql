-- A list of what was sent, the newest first, goes along an index instead of sorting all of it.
drop index delivery_by_state;
create index delivery_by_state on delivery (state, created_at, id);
