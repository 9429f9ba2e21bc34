#include "script.h"

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *last_mark;

const json_t *script_last_mark(void) {
  return last_mark;
}

static void print(const char *step, json_t *json) {
  json_object_set_new(json, "step", json_string(step));
  char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(6));
  puts(text);
  fflush(stdout);
  free(text);
}

static void print_and_free(const char *step, json_t *json) {
  print(step, json);
  json_decref(json);
}

static bool set_link(Crowd *crowd, char **words) {
  g_autofree char *rest = g_strjoinv(" ", words + 4);
  LinkSetting setting;
  if (!link_read(rest, &setting))
    return false;
  unsigned first = (unsigned)atoi(words[1]), last = first + (unsigned)atoi(words[2]);
  for (unsigned i = first; i < last; i++) {
    Member *member = crowd_member(crowd, i);
    if (member && member_seat(member))
      stage_link(crowd_stage(crowd), member_seat(member), strcmp(words[3], "up") == 0, &setting);
  }
  return true;
}

static void rebind(Crowd *crowd, char **words) {
  unsigned first = (unsigned)atoi(words[1]), last = first + (unsigned)atoi(words[2]);
  for (unsigned i = first; i < last; i++) {
    Member *member = crowd_member(crowd, i);
    if (member && member_seat(member))
      transport_rebind(seat_transport(member_seat(member)));
  }
}

static bool run_step(Crowd *crowd, const char *step) {
  g_auto(GStrv) words = g_strsplit(step, " ", -1);
  unsigned count = g_strv_length(words);
  if (count == 2 && strcmp(words[0], "join") == 0) {
    unsigned wanted = strcmp(words[1], "all") == 0 ? G_MAXUINT : (unsigned)atoi(words[1]);
    print_and_free(step, crowd_join(crowd, wanted));
  } else if (count == 2 && strcmp(words[0], "leave") == 0) {
    crowd_leave(crowd, (unsigned)atoi(words[1]));
  } else if (count == 4 && strcmp(words[0], "storm") == 0) {
    MemberReturn how = strcmp(words[1], "ice") == 0 ? RETURN_BY_ICE : RETURN_ANEW;
    print_and_free(step, crowd_storm(crowd, how, atof(words[2]), atof(words[3])));
  } else if (count == 2 && strcmp(words[0], "churn") == 0) {
    print_and_free(step, crowd_churn(crowd, atof(words[1])));
  } else if (count == 2 && strcmp(words[0], "wait") == 0) {
    crowd_wait(crowd, atof(words[1]));
  } else if (count >= 4 && strcmp(words[0], "link") == 0) {
    return set_link(crowd, words);
  } else if (count == 3 && strcmp(words[0], "rebind") == 0) {
    rebind(crowd, words);
  } else if (count == 2 && strcmp(words[0], "say") == 0) {
    fprintf(stderr, "%s\n", words[1]);
  } else if (count == 2 && strcmp(words[0], "mark") == 0) {
    json_decref(last_mark);
    last_mark = crowd_mark(crowd);
    print(step, last_mark);
  } else {
    return false;
  }
  return true;
}

bool script_run(Crowd *crowd, const char *script, GError **error) {
  g_auto(GStrv) steps = g_strsplit(script, ";", -1);
  for (unsigned i = 0; steps[i]; i++) {
    const char *step = g_strstrip(steps[i]);
    if (*step && !run_step(crowd, step)) {
      g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "unknown step \"%s\"", step);
      return false;
    }
  }
  return true;
}
