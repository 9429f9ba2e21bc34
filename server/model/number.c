#include "model/number.h"

#include <inttypes.h>

#include "store/database.h"
#include "store/statement.h"

/* "2/2026": the values that tell the series apart. */
static char *series_of(const Call *call, const char *scope) {
  g_autoptr(GString) series = g_string_new(NULL);
  g_auto(GStrv) names = g_strsplit(scope ? scope : "", "/", -1);
  for (unsigned i = 0; names[i]; i++) {
    const char *text = call_text(call, names[i]);
    g_string_append(series, i ? "/" : "");
    if (text)
      g_string_append(series, text);
    else
      g_string_append_printf(series, "%" PRId64, call_int(call, names[i]));
  }
  return g_string_free(g_steal_pointer(&series), FALSE);
}

bool number_take(Call *call, const Number *number) {
  g_autofree char *series = series_of(call, number->scope);
  g_autoptr(Statement) take = db_prepare(
      call->db,
      "insert into counter (subject, field, series, value) values (:subject, :field, :series, 1)"
      " on conflict (subject, field, series) do update set value = value + 1 returning value",
      &call->error);
  if (!take)
    return false;
  statement_text(take, ":subject", call->info->subject->name);
  statement_text(take, ":field", number->field);
  statement_text(take, ":series", series);
  if (!statement_one(take, "no counter", &call->error))
    return false;
  values_int(&call->asked, number->field, column_int(take, 0));
  /* The statement has to come to its end for the row to be written. */
  return statement_step(take, &call->error) == SQLITE_DONE;
}
