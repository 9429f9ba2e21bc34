/* Notices: telling people what happened to a record.
 *
 * Posting writes rows, in the transaction of what happened: a notice, an entry in the inbox of each
 * person who is told, and a delivery for every other way in which he wants to be told and which
 * this server has (the outbox sends them after the commit). Programs of the house that listen
 * (integrations of the kind webhook) are told that it happened, not to whom nor in which words.
 * What was rolled back was never told. The actor is never told of what he did himself, nor is who
 * is inactive. The same code about the same part of the same record within so many minutes is the
 * same notice again: its entries are unread once more and nothing more is sent; what is urgent is
 * told each time. Writer's thread. When things are sent: notice-time.h; the rules' source:
 * systems.md 1.6. */
#pragma once

#include "model/call.h"

/* Posts the subject's notice `code` (Subject.notices, without the subject's name) about the call's
 * row, to the people that its section `people NAME` selects: the first column is a person's id, a
 * null is nobody; further columns are parameters of the words "SUBJECT.notice.CODE", by their
 * names, the same in each row. For effects and for the kernel's steps. false: call->error. */
bool notice_post(Call *call, const char *code, const char *people);
/* about: a part of the record that is told of by itself, as one of its limits is. */
bool notice_post_about(Call *call, const char *code, const char *people, const char *about);

/* What is said with a step that MAY_TELL_NOBODY, beside its shape: {"tell_nobody": true}. Then its
 * notices are posted to nobody, nor are those of what its effect leads on, and its event and audit
 * record say TOLD_NOBODY. What is taken back is told to those who were told of it. */
extern const Field tell_nobody_field[];
#define TELL_NOBODY "tell_nobody"
#define TOLD_NOBODY "told_nobody"

/* Takes that member out of what was said, which is an object of the caller's, where a step with
 * these flags has it; elsewhere it stays, as what nobody knows. false: call->problem. */
bool notice_take(Call *call, unsigned flags, json_t *said);

/* A notice from elsewhere than a subject's step. */
typedef struct {
  const char *subject, *code; /* "post", "begun" */
  const char *record;         /* the row's id */
  bool urgent;                /* sent at once, also at night */
  const char *actor;          /* person, or NULL: nobody did it */
  const char *params;         /* JSON object, or NULL: none */
  const char *about;          /* a part of the record, or NULL: all of it */
} NoticeNew;

/* people: ids, count of them; one may be named twice. zone: base/zone.h. */
bool notice_put(sqlite3 *db, const NoticeNew *notice, const char *const *people, unsigned count,
                int64_t now_ms, const char *zone, GError **error);

/* The notice of that name, or NULL. */
const NoticeKind *notice_kind(const Subject *subject, const char *code);

/* Which ways beside the inbox the configuration has: "email sms webhook push", or some of them.
 * Kept in the database, so that posting makes no row that nobody would ever send; the view
 * notice_way adds those of the integrations. */
bool notice_channels_set(sqlite3 *db, const char *channels, GError **error);
