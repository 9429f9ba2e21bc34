/* All participants of one run: their meeting, who joins next, how it went. What a script (script.h)
 * moves. */
#pragma once

#include "member.h"
#include "meter.h"

typedef struct {
  const char *url, *login, *password_file, *address, *view, *listener_address;
  int participants, publishers, video_slots, concurrency, server_pid;
  bool record, keep_open;
} CrowdSetting;

typedef struct Crowd Crowd;

/* setting, show: borrowed. */
Crowd *crowd_new(Loop *loop, const CrowdSetting *setting, const SeatShow *show);
void crowd_free(Crowd *crowd);
/* Signs in as staff, makes a meeting with a guest for everybody, opens it. */
bool crowd_prepare(Crowd *crowd, GError **error);
/* Everybody leaves and the meeting ends. */
bool crowd_finish(Crowd *crowd, GError **error);

/* Turns the loop. */
void crowd_wait(Crowd *crowd, double seconds);
/* So many who are away join, at most `concurrency` of them at once; returns when all have media or
 * failed. Free what is returned: how long it took. */
json_t *crowd_join(Crowd *crowd, unsigned count);
/* So many of those who do not publish leave. */
void crowd_leave(Crowd *crowd, unsigned count);
/* Everybody's network is gone for away_s; then all come back within spread_s. */
json_t *crowd_storm(Crowd *crowd, MemberReturn how, double away_s, double spread_s);
/* For so long, several times a second, one leaves and one joins. */
json_t *crowd_churn(Crowd *crowd, double seconds);
/* What was counted since the last mark. Free it. */
json_t *crowd_mark(Crowd *crowd);
Member *crowd_member(const Crowd *crowd, unsigned index); /* NULL: there are not so many */
Stage *crowd_stage(const Crowd *crowd);
unsigned crowd_count(const Crowd *crowd, MemberState state);
const char *crowd_trouble(const Crowd *crowd); /* somebody's, or NULL */
const char *crowd_meeting(const Crowd *crowd);
