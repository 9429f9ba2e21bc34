/* Days and times of the configured zone, on dates with other offsets than today's. */
#include "base/zone.h"

static int64_t utc(int year, int month, int day, int hour, int minute) {
  g_autoptr(GDateTime) time = g_date_time_new_utc(year, month, day, hour, minute, 0);
  return g_date_time_to_unix(time) * 1000;
}

static void test_days(void) {
  static const struct {
    const char *zone;
    int now[5], from[5], to[5]; /* year, month, day, hour, minute in UTC */
  } cases[] = {
      {"Asia/Shanghai", {2026, 3, 1, 0, 0}, {2026, 2, 28, 16, 0}, {2026, 3, 1, 16, 0}},
      {"Asia/Shanghai", {2026, 3, 1, 15, 59}, {2026, 2, 28, 16, 0}, {2026, 3, 1, 16, 0}},
      {"Asia/Shanghai", {2026, 3, 1, 16, 0}, {2026, 3, 1, 16, 0}, {2026, 3, 2, 16, 0}},
      {"Asia/Shanghai", {2026, 12, 31, 20, 0}, {2026, 12, 31, 16, 0}, {2027, 1, 1, 16, 0}},
      {"UTC", {2026, 3, 1, 15, 59}, {2026, 3, 1, 0, 0}, {2026, 3, 2, 0, 0}},
      /* 23 and 25 hours long */
      {"Europe/Berlin", {2026, 3, 29, 12, 0}, {2026, 3, 28, 23, 0}, {2026, 3, 29, 22, 0}},
      {"Europe/Berlin", {2026, 10, 25, 12, 0}, {2026, 10, 24, 22, 0}, {2026, 10, 25, 23, 0}},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    const int *n = cases[i].now, *f = cases[i].from, *t = cases[i].to;
    int64_t from, to;
    zone_day(cases[i].zone, utc(n[0], n[1], n[2], n[3], n[4]), &from, &to);
    g_assert_cmpint(from, ==, utc(f[0], f[1], f[2], f[3], f[4]));
    g_assert_cmpint(to, ==, utc(t[0], t[1], t[2], t[3], t[4]));
  }
}

static void test_format(void) {
  g_autofree char *china = zone_format("Asia/Shanghai", utc(2026, 7, 1, 1, 2), "%F %H:%M %:z");
  g_autofree char *summer = zone_format("Europe/Berlin", utc(2026, 7, 1, 1, 2), "%F %H:%M %:z");
  g_autofree char *winter = zone_format("Europe/Berlin", utc(2026, 1, 1, 1, 2), "%F %H:%M %:z");
  g_assert_cmpstr(china, ==, "2026-07-01 09:02 +08:00");
  g_assert_cmpstr(summer, ==, "2026-07-01 03:02 +02:00");
  g_assert_cmpstr(winter, ==, "2026-01-01 02:02 +01:00");
  g_assert_true(zone_known("Asia/Shanghai"));
  g_assert_false(zone_known("Asia/Atlantis"));
  g_assert_false(zone_known(""));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/zone/days", test_days);
  g_test_add_func("/zone/format", test_format);
  return g_test_run();
}
