/* The calendar that the office keeps (domain/calendar_year), from the database. */
#pragma once

#include <sqlite3.h>

#include "model/calendar.h"

/* All years that are active; there is none missing between them. Free with calendar_free.
 * CALENDAR_NOT_LOADED when there are none, CALENDAR_BAD_ROWS when one is missing, or a STORE_ERROR.
 * By the connection's thread; it takes some ten microseconds a year. */
Calendar *calendar_load(sqlite3 *db, GError **error);
