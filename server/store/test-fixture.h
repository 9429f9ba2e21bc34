/* What the store's and duty's tests share: a database in a folder of its own, people, a meeting.
 * Times are passed in; nothing sleeps. */
#pragma once

#include "base/config.h"
#include "store/meetings.h"

#define T0 INT64_C(1764000000000) /* a fixed "now" of the tests, milliseconds */

typedef struct {
  char *dir, *path;
  Config *config; /* cheap password hashes */
  sqlite3 *db;    /* a writing connection; NULL while a Store is open */
  Mailbox *mailbox;
  Store *store;
} Fixture;

/* An empty database in a file that is not there yet, as the migrations and then prepare (or NULL)
 * on data leave it. That is made once in a program for each prepare, and copied from then on. */
void fixture_database(const char *path, StorePrepare prepare, void *data);

/* On such a database, without anything prepared. */
void fixture_init(Fixture *fixture);
void fixture_clear(Fixture *fixture); /* removes the folder */
void fixture_remove(const char *dir); /* a folder with all that is in it */
/* Instead of the connection: the whole store with its threads. */
void fixture_start(Fixture *fixture);
void fixture_stop(Fixture *fixture);

/* Rows, as the subjects of domain/ leave them; what those check is not checked. ids get 17 bytes.
 * roles 0: what goes with the kind. */
void fixture_person(sqlite3 *db, const char *name, const char *login, const char *kind,
                    unsigned roles, char *id);

typedef struct {
  const char *person;     /* or NULL and guest_name */
  const char *guest_name; /* makes a guest */
  const char *organisation;
  const char *capacity;
} FixtureInvited;

/* From T0 to an hour later, hosted by `host`, who is invited as such. */
void fixture_meeting(sqlite3 *db, const char *host, const FixtureInvited *invited, unsigned count,
                     char *id);
void fixture_invite(sqlite3 *db, const char *meeting, const FixtureInvited *invited, char *id);
/* Whose invitation to the meeting it is. */
void fixture_invitation(sqlite3 *db, const char *meeting, const char *person, char *id);
/* A fresh link: its secret, to be freed with g_free. Who came by the old one is signed out. */
char *fixture_link(sqlite3 *db, const char *invitation, int64_t expires_at);
/* With what was got by it. */
void fixture_revoke(sqlite3 *db, const char *invitation, int64_t at_ms);
/* As when it is opened, ended or cancelled (domain/meeting), row and event. */
void fixture_open(sqlite3 *db, const char *meeting, Moment at);
void fixture_end(sqlite3 *db, const char *meeting, Moment at);
void fixture_cancel(sqlite3 *db, const char *meeting);
/* mono_us = (wall - T0) in microseconds + 1 s, of boot "boot-a". */
Moment fixture_moment(int64_t wall_ms);
/* A session as the API would have it. */
Session fixture_session(char *person, unsigned roles);

/* Runs work on another thread with a reading connection, as an HTTP handler does, and drains the
 * mailbox when it has returned. */
void fixture_on_reader(Fixture *fixture, void (*work)(sqlite3 *db, void *data), void *data);
