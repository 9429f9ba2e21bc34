/* The handlers, by resource. Each answers its exchange, or says what comes next. A reader thread.
 */
#pragma once

#include "api/exchange.h"

/* session.c */
void session_create(Exchange *exchange);
void session_create_by_link(Exchange *exchange);
void session_show(Exchange *exchange);
void session_end(Exchange *exchange);
void session_change_password(Exchange *exchange);

/* second-factor.c */
void factor_begin(Exchange *exchange);
void factor_confirm(Exchange *exchange);
void factor_new_codes(Exchange *exchange);
void factor_remove(Exchange *exchange);

/* meetings.c */
void meetings_join(Exchange *exchange);

/* attendance.c */
void attendance_index(Exchange *exchange);
void attendance_decide(Exchange *exchange);
void attendance_export(Exchange *exchange);
void attendance_take_back(Exchange *exchange);
void attendance_window_preview(Exchange *exchange);
void attendance_window_move(Exchange *exchange);

/* people.c */
void people_reset_password(Exchange *exchange);

/* attachments.c */
void attachments_create(Exchange *exchange);
void attachments_fetch(Exchange *exchange);

/* recordings.c */
void recordings_index(Exchange *exchange);
void recordings_show(Exchange *exchange);
void recordings_play(Exchange *exchange);

/* openapi.c */
void openapi_show(Exchange *exchange);
/* The document's text. */
extern const char openapi_text[];
