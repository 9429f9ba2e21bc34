-- Which personal link (its digest) somebody came by: who holds a link that was renewed since is out.
alter table join_token add column link text check (length(link) = 64);
