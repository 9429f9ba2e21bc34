-- What a member knows about, and what he cares about: free words (model/tags.h).
alter table member_profile add column expertise text;
alter table member_profile add column focus text;
