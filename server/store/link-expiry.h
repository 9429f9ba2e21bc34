/* Until when a personal link is good: from the meeting's planned end, and along with it when the
 * meeting is moved. Pure; milliseconds UTC. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define LINK_AFTER_END_MS (24 * 3600 * INT64_C(1000)) /* unless somebody says otherwise */
/* After the planned end, at most: a link that works for years is a password that nobody changes. */
#define LINK_LATEST_MS (30 * 24 * 3600 * INT64_C(1000))

int64_t link_expiry_default(int64_t planned_end_ms, int64_t now_ms);
int64_t link_expiry_latest(int64_t planned_end_ms, int64_t now_ms);
/* A link that was good until expires_ms when the planned end was old_end_ms. A postponed meeting
 * takes its links along, those too that expired meanwhile. One that is brought forward does not
 * shorten them below what a new link would have. */
int64_t link_expiry_moved(int64_t expires_ms, int64_t old_end_ms, int64_t new_end_ms,
                          int64_t now_ms);
