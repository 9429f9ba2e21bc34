#include "serial.h"

#include <math.h>
#include <string.h>

/* Those of the standard and those of East Asian versions, which no workbook defines. */
bool serial_is_date(unsigned format, const char *code) {
  if (!code)
    return (format >= 14 && format <= 22) || (format >= 27 && format <= 36) ||
           (format >= 45 && format <= 47) || (format >= 50 && format <= 58);
  for (; *code; code++) {
    if (*code == '"' || *code == '[') {
      const char *end = strchr(code + 1, *code == '"' ? '"' : ']');
      if (!end)
        return false;
      code = end;
    } else if (*code == '\\' || *code == '_' || *code == '*') {
      code += code[1] != 0;
    } else if (strchr("yYmMdDhHsS", *code)) {
      return true;
    } else if (*code == ';') {
      return false; /* of positive numbers is enough */
    }
  }
  return false;
}

#define SECONDS_OF_DAY 86400
#define SERIAL_MOST 2958466.0 /* 1 January 10000 */

bool serial_text(double serial, bool since_1904, GString *text) {
  if (!(serial >= 0 && serial < SERIAL_MOST))
    return false;
  gint64 seconds = llround(serial * SECONDS_OF_DAY);
  guint32 days = (guint32)(seconds / SECONDS_OF_DAY);
  unsigned rest = (unsigned)(seconds % SECONDS_OF_DAY);
  g_string_truncate(text, 0);
  if (days > 0) {
    GDate date;
    char day[16];
    /* In 1900 there is a 29 February too much: day 60. */
    g_date_set_dmy(&date, since_1904 ? 1 : 31, since_1904 ? G_DATE_JANUARY : G_DATE_DECEMBER,
                   since_1904 ? 1904 : 1899);
    g_date_add_days(&date, !since_1904 && days > 59 ? days - 1 : days);
    if (g_date_get_year(&date) > 9999)
      return false;
    g_snprintf(day, sizeof day, "%04d-%02d-%02d", g_date_get_year(&date), g_date_get_month(&date),
               g_date_get_day(&date));
    g_string_append(text, day);
  }
  if (rest > 0 || days == 0)
    g_string_append_printf(text, "%s%02u:%02u:%02u", days > 0 ? " " : "", rest / 3600,
                           rest / 60 % 60, rest % 60);
  return true;
}
