-- Whether the other members see his number and can call him: he says so himself, or has the office say so.
alter table member_profile add column phone_shared integer not null default 0;
