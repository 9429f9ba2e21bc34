-- Which personal link (its digest) somebody came by: who holds a link that was renewed since is out.
alter table join_token add column link text check (length(link) = 64);

-- When the personal link that is made later is to expire; null: a day after the meeting.
alter table invitation add column link_until integer;
