/* See intake.h. */
#include "peer/intake.h"

#include <glib.h>

/* 256 kbit/s; frames of 5 ms, the shortest but one that Opus has (RFC 6716 §2.1.4). */
const IntakeRule intake_sound = {
    .bytes_per_second = 32000, .packets_per_second = 200, .burst_us = 2000000};
/* 10 Mbit/s; packets of 500 bytes. */
const IntakeRule intake_picture = {
    .bytes_per_second = 1250000, .packets_per_second = 2500, .burst_us = 1000000};

bool intake_take(Intake *intake, const IntakeRule *rule, unsigned bytes, int64_t now_us) {
  int64_t passed_us = MAX(now_us - intake->seen_us, 0);
  intake->seen_us = MAX(intake->seen_us, now_us);
  intake->bytes_us = MAX(intake->bytes_us - passed_us, 0);
  intake->packets_us = MAX(intake->packets_us - passed_us, 0);
  if (MAX(intake->bytes_us, intake->packets_us) >= rule->burst_us)
    return false;
  intake->bytes_us += bytes * INT64_C(1000000) / rule->bytes_per_second;
  intake->packets_us += INT64_C(1000000) / rule->packets_per_second;
  return true;
}
