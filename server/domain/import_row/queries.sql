-- See import_row.c. `changes` says for people what is to be written: [{field, old, new}]; `errors`
-- what is wrong: [{field, code, params}].
--: row
select {r}, r.target as "target", r.changes as "changes:json", r.errors as "errors:json"
from import_row r
--: scope own
exists (select 1 from import i where i.id = r.import and i.created_by = @me)
--: where of_import
r.import = :import_plan
