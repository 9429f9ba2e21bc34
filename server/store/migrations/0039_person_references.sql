-- Whoever is taken back after an import is looked for wherever a person may be named (0032): what
-- has come since, and the small tables too, so that no reference is an exception.
create index member_change_by_creator on member_change (created_by);
create index member_change_by_decider on member_change (decided_by);
create index term_file_by_creator on term_file (created_by);
create index person_merge_by_duplicate on person_merge (duplicate);
create index person_merge_by_survivor on person_merge (survivor);
create index person_merge_by_creator on person_merge (created_by);
create index person_merge_by_decider on person_merge (decided_by);
create index calendar_year_by_creator on calendar_year (created_by);
create index deadline_rule_by_creator on deadline_rule (created_by);
create index setting_value_by_creator on setting_value (created_by);
