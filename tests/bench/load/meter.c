#include "meter.h"

#include <unistd.h>

#include "base/clock.h"

json_t *meter_mark(Meter *meter, Stage *stage) {
  int64_t now_us = clock_mono_us(), overflows = process_udp_overflows();
  double seconds = meter->marked_us ? (double)(now_us - meter->marked_us) / 1e6 : 0;
  json_t *json = stage_mark(stage);
  ProcessUse own = process_use(getpid());
  json_object_set_new(json, "seconds", json_real(seconds));
  json_object_set_new(json, "udp_overflows", json_integer(overflows - meter->overflows));
  json_object_set_new(json, "client", process_json(&meter->own, &own, seconds));
  if (meter->server_pid) {
    ProcessUse server = process_use(meter->server_pid);
    json_object_set_new(json, "server", process_json(&meter->server, &server, seconds));
    meter->server = server;
  }
  meter->own = own;
  meter->overflows = overflows;
  meter->marked_us = now_us;
  return json;
}
