#include "crowd.h"

#include <gio/gio.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"

#define TICK_US 20000
#define RETURN_US 60000000 /* or back */
#define CHURN_US 200000

struct Crowd {
  Loop *loop;
  const CrowdSetting *setting;
  MemberSetting member_setting;
  Http *staff;
  char *meeting;
  GPtrArray *members, *pictures;
  unsigned to_join; /* who are away and join as soon as there is room */
  Meter meter;
};

static void tick(void *data, int64_t now_us) {
  Crowd *crowd = data;
  unsigned joining = 0;
  for (unsigned i = 0; i < crowd->members->len; i++) {
    Member *member = crowd->members->pdata[i];
    member_tick(member, now_us);
    joining += member_state(member) == MEMBER_JOINING;
  }
  for (unsigned i = 0; i < crowd->members->len && crowd->to_join > 0 &&
                       joining < (unsigned)crowd->setting->concurrency;
       i++) {
    Member *member = crowd->members->pdata[i];
    if (member_state(member) != MEMBER_AWAY)
      continue;
    member_join(member);
    joining++;
    crowd->to_join--;
  }
}

Crowd *crowd_new(Loop *loop, const CrowdSetting *setting, const SeatShow *show) {
  Crowd *crowd = g_new0(Crowd, 1);
  crowd->loop = loop;
  crowd->setting = setting;
  crowd->members = g_ptr_array_new_with_free_func((GDestroyNotify)member_free);
  crowd->pictures = g_ptr_array_new_with_free_func(g_free);
  crowd->meter.server_pid = setting->server_pid;
  MemberSetting *member = &crowd->member_setting;
  *member = (MemberSetting){.url = setting->url,
                            .video_slots = (unsigned)setting->video_slots,
                            .stage = stage_new(loop),
                            .show = show,
                            .server_address = setting->address,
                            .listener_address = setting->listener_address,
                            .pictures = crowd->pictures,
                            .view = setting->view};
  for (unsigned i = 0; i < 2; i++)
    member->contexts[i] = transport_context(member->fingerprints[i]);
  loop_every(loop, TICK_US, tick, crowd);
  return crowd;
}

void crowd_free(Crowd *crowd) {
  if (!crowd)
    return;
  g_ptr_array_unref(crowd->members);
  g_ptr_array_unref(crowd->pictures);
  stage_free(crowd->member_setting.stage);
  for (unsigned i = 0; i < 2; i++)
    SSL_CTX_free(crowd->member_setting.contexts[i]);
  http_free(crowd->staff);
  g_free(crowd->meeting);
  g_free(crowd);
}

/* --- the meeting --- */

static bool make_meeting(Crowd *crowd, GError **error) {
  json_t *session = http_ask(crowd->staff, "GET", "/api/v1/session", NULL, error);
  if (!session)
    return false;
  const char *host = json_string_value(json_object_get(json_object_get(session, "person"), "id"));
  int64_t now_ms = clock_wall_ms();
  json_t *meeting =
      http_ask(crowd->staff, "POST", "/api/v1/meetings",
               json_pack("{s:s, s:s, s:s, s:I, s:I, s:s, s:b, s:[]}", "title", "Load test", "topic",
                         "Load", "type", "consultation", "planned_start", (json_int_t)now_ms,
                         "planned_end", (json_int_t)(now_ms + 3600000), "host", host, "auto_record",
                         crowd->setting->record, "invitations"),
               error);
  json_decref(session);
  if (!meeting)
    return false;
  crowd->meeting = g_strdup(json_string_value(json_object_get(meeting, "id")));
  crowd->member_setting.meeting = crowd->meeting;
  json_decref(meeting);
  g_autofree char *path = g_strdup_printf("/api/v1/meetings/%s/open", crowd->meeting);
  meeting = http_ask(crowd->staff, "POST", path, json_object(), error);
  json_decref(meeting);
  return meeting != NULL;
}

/* Invites one guest; returns the secret of the personal link. */
static char *invite(Crowd *crowd, unsigned index, GError **error) {
  g_autofree char *path = g_strdup_printf("/api/v1/meetings/%s/invitations", crowd->meeting);
  g_autofree char *name = g_strdup_printf("Load %03u", index + 1);
  json_t *invitation =
      http_ask(crowd->staff, "POST", path,
               json_pack("{s:s, s:s}", "guest_name", name, "capacity", "invited"), error);
  if (!invitation)
    return NULL;
  const char *link = json_string_value(json_object_get(invitation, "link"));
  const char *slash = link ? strrchr(link, '/') : NULL;
  char *secret = slash ? g_strdup(slash + 1) : NULL;
  if (!secret)
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the invitation has no link");
  json_decref(invitation);
  return secret;
}

bool crowd_prepare(Crowd *crowd, GError **error) {
  g_autofree char *password = NULL;
  if (!g_file_get_contents(crowd->setting->password_file, &password, NULL, error))
    return false;
  crowd->staff = http_new(crowd->loop, crowd->setting->url);
  json_t *session = http_ask(
      crowd->staff, "POST", "/api/v1/session",
      json_pack("{s:s, s:s}", "login", crowd->setting->login, "password", g_strstrip(password)),
      error);
  json_decref(session);
  if (!session || !make_meeting(crowd, error))
    return false;
  for (unsigned i = 0; i < (unsigned)crowd->setting->participants; i++) {
    g_autofree char *secret = invite(crowd, i, error);
    if (!secret)
      return false;
    bool publishes = i < (unsigned)crowd->setting->publishers;
    g_ptr_array_add(crowd->members, member_new(&crowd->member_setting, secret, i, publishes));
  }
  return true;
}

bool crowd_finish(Crowd *crowd, GError **error) {
  for (unsigned i = 0; i < crowd->members->len; i++)
    member_leave(crowd->members->pdata[i]);
  crowd_wait(crowd, 1);
  if (crowd->setting->keep_open)
    return true;
  g_autofree char *path = g_strdup_printf("/api/v1/meetings/%s/end", crowd->meeting);
  json_t *ended = http_ask(crowd->staff, "POST", path, json_object(), error);
  json_decref(ended);
  return ended != NULL;
}

/* --- joining --- */

void crowd_wait(Crowd *crowd, double seconds) {
  loop_until(crowd->loop, NULL, NULL, clock_mono_us() + (int64_t)(seconds * 1e6));
}

unsigned crowd_count(const Crowd *crowd, MemberState state) {
  unsigned count = 0;
  for (unsigned i = 0; i < crowd->members->len; i++)
    count += member_state(crowd->members->pdata[i]) == state;
  return count;
}

static bool nobody_joins(void *data) {
  const Crowd *crowd = data;
  return crowd->to_join == 0 && crowd_count(crowd, MEMBER_JOINING) == 0;
}

static int compare_double(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

static void put_spread(json_t *to, const char *name, GArray *values) {
  if (values->len == 0)
    return;
  g_array_sort(values, compare_double);
  const double quantiles[] = {0.5, 0.95, 1};
  json_t *list = json_array();
  for (unsigned i = 0; i < G_N_ELEMENTS(quantiles); i++)
    json_array_append_new(
        list, json_real(g_array_index(values, double, (guint)(quantiles[i] * (values->len - 1)))));
  json_object_set_new(to, name, list);
}

/* p50, p95 and the most, ms, of those who are in since from_us; was_in: who was before. */
static json_t *join_times(const Crowd *crowd, const bool *was_in, double seconds) {
  const char *const names[] = {"answer_ms", "connected_ms", "first_packet_ms", "first_picture_ms"};
  GArray *values[4];
  unsigned joined = 0;
  for (unsigned k = 0; k < 4; k++)
    values[k] = g_array_new(FALSE, FALSE, sizeof(double));
  for (unsigned i = 0; i < crowd->members->len; i++) {
    const Member *member = crowd->members->pdata[i];
    if (was_in[i] || member_state(member) != MEMBER_IN)
      continue;
    joined++;
    MemberTimes times = member_times(member);
    const double each[] = {times.answer, times.connected, times.first_packet, times.first_picture};
    for (unsigned k = 0; k < 4; k++)
      if (each[k] >= 0)
        g_array_append_val(values[k], each[k]);
  }
  const char *trouble = crowd_trouble(crowd);
  json_t *json =
      json_pack("{s:i, s:f, s:i, s:s}", "joined", (int)joined, "seconds", seconds, "failed",
                (int)crowd_count(crowd, MEMBER_FAILED), "why", trouble ? trouble : "");
  for (unsigned k = 0; k < 4; k++) {
    put_spread(json, names[k], values[k]);
    g_array_unref(values[k]);
  }
  return json;
}

static bool *who_is_in(const Crowd *crowd) {
  bool *in = g_new0(bool, crowd->members->len + 1);
  for (unsigned i = 0; i < crowd->members->len; i++)
    in[i] = member_state(crowd->members->pdata[i]) == MEMBER_IN;
  return in;
}

json_t *crowd_join(Crowd *crowd, unsigned count) {
  g_autofree bool *was_in = who_is_in(crowd);
  int64_t started_us = clock_mono_us();
  crowd->to_join = MIN(count, crowd_count(crowd, MEMBER_AWAY));
  loop_until(crowd->loop, nobody_joins, crowd, started_us + 10 * RETURN_US);
  return join_times(crowd, was_in, (double)(clock_mono_us() - started_us) / 1e6);
}

void crowd_leave(Crowd *crowd, unsigned count) {
  for (unsigned i = crowd->members->len; i-- > 0 && count > 0;) {
    Member *member = crowd->members->pdata[i];
    if (member_state(member) != MEMBER_IN || i < (unsigned)crowd->setting->publishers)
      continue;
    member_leave(member);
    count--;
  }
}

json_t *crowd_storm(Crowd *crowd, MemberReturn how, double away_s, double spread_s) {
  g_autofree bool *was_in = g_new0(bool, crowd->members->len + 1);
  GPtrArray *gone = g_ptr_array_new();
  for (unsigned i = 0; i < crowd->members->len; i++)
    if (member_state(crowd->members->pdata[i]) == MEMBER_IN) {
      member_drop(crowd->members->pdata[i]);
      g_ptr_array_add(gone, crowd->members->pdata[i]);
    }
  crowd_wait(crowd, away_s);
  int64_t started_us = clock_mono_us();
  for (unsigned i = 0; i < gone->len; i++) {
    int64_t at_us = started_us + (int64_t)(spread_s * 1e6 * i / gone->len);
    loop_until(crowd->loop, NULL, NULL, at_us);
    member_return(gone->pdata[i], how);
  }
  loop_until(crowd->loop, nobody_joins, crowd, started_us + RETURN_US);
  g_ptr_array_unref(gone);
  return join_times(crowd, was_in, (double)(clock_mono_us() - started_us) / 1e6);
}

json_t *crowd_churn(Crowd *crowd, double seconds) {
  int64_t until_us = clock_mono_us() + (int64_t)(seconds * 1e6);
  unsigned left = 0;
  while (clock_mono_us() < until_us) {
    unsigned in = crowd_count(crowd, MEMBER_IN), at = random_u32() % crowd->members->len;
    Member *member = crowd->members->pdata[at];
    if (in * 2 > crowd->members->len && member_state(member) == MEMBER_IN) {
      member_leave(member);
      left++;
    }
    crowd->to_join = MIN(crowd->to_join + 1, crowd_count(crowd, MEMBER_AWAY));
    loop_until(crowd->loop, NULL, NULL, clock_mono_us() + CHURN_US);
  }
  loop_until(crowd->loop, nobody_joins, crowd, clock_mono_us() + RETURN_US);
  const char *trouble = crowd_trouble(crowd);
  return json_pack("{s:i, s:i, s:i, s:s}", "left", (int)left, "in",
                   (int)crowd_count(crowd, MEMBER_IN), "failed",
                   (int)crowd_count(crowd, MEMBER_FAILED), "why", trouble ? trouble : "");
}

/* --- figures --- */

json_t *crowd_mark(Crowd *crowd) {
  json_t *json = meter_mark(&crowd->meter, crowd->member_setting.stage);
  json_object_set_new(json, "in", json_integer(crowd_count(crowd, MEMBER_IN)));
  return json;
}

Member *crowd_member(const Crowd *crowd, unsigned index) {
  return index < crowd->members->len ? crowd->members->pdata[index] : NULL;
}

Stage *crowd_stage(const Crowd *crowd) {
  return crowd->member_setting.stage;
}

const char *crowd_trouble(const Crowd *crowd) {
  for (unsigned i = 0; i < crowd->members->len; i++)
    if (member_trouble(crowd->members->pdata[i]))
      return member_trouble(crowd->members->pdata[i]);
  return NULL;
}

const char *crowd_meeting(const Crowd *crowd) {
  return crowd->meeting;
}
