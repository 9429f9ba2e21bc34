/* The file of a year's holidays: whatever is accepted are days of that year, each once, so that a
 * calendar can be made of them; whatever is refused says why. */
#include "fuzz.h"

#include "model/calendar.h"

static void check_rows(const GArray *rows, Day first, Day last) {
  MUST(rows->len > 0 && rows->len <= 366);
  for (unsigned i = 0; i < rows->len; i++) {
    const CalendarDay *row = &g_array_index(rows, CalendarDay, i);
    MUST(row->day >= first && row->day <= last);
    MUST(row->note && g_utf8_validate(row->note, -1, NULL));
    MUST(g_utf8_strlen(row->note, -1) <= 500);
  }
  Calendar *calendar =
      calendar_new(first, last, &g_array_index(rows, CalendarDay, 0), rows->len, NULL);
  MUST(calendar != NULL);
  calendar_free(calendar);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  Day first, last;
  GError *error = NULL;
  MUST(day_parse("2028-01-01", &first) && day_parse("2028-12-31", &last));
  GArray *rows = calendar_read_csv((const char *)data, len, 2028, &error);
  MUST(!rows == (error != NULL));
  if (rows) {
    check_rows(rows, first, last);
    g_array_unref(rows);
  } else {
    MUST(g_utf8_validate(error->message, -1, NULL));
    g_error_free(error);
  }
  return 0;
}
