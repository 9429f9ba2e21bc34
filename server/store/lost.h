/* A server without its database looks like a new one: nobody can sign in, no meeting is known, and
 * recordings lie beside it that nobody can play. Whoever opens the database asks here first.
 * Before any other thread works on it. */
#pragma once

#include "base/config.h"

/* Refuses (STORE_ERROR_CONFLICT) when the database is missing or holds nothing although there was
 * one: there are recordings, heads of the audit record, or the database's log. The message says
 * what to do. */
bool lost_check(const Config *config, GError **error);
