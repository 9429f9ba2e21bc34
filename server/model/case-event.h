/* What was done to a record: appended in the transaction that did it, never edited or deleted, each
 * event's hash over the one before it of the same record. It is the history that people see; the
 * audit record (store/audit.h) beside it is over all records and holds what was refused too. */
#pragma once

#include "model/call.h"

typedef struct {
  const char *verb;
  const char *from, *to; /* states, or NULL */
  const char *note;      /* or NULL */
  const json_t *data;    /* {field: [old, new]}, or NULL */
  bool internal;         /* shown to those only who have the verb `work` */
} CaseEvent;

/* On the writer: to the call's row. */
bool case_event_add(Call *call, const CaseEvent *event);

/* Into call->out: {"items": [{seq, at, actor: {id, name}, verb, from, to, note, data,
 * undo_until?}]}, the oldest first, of the row that read_row found; internal ones, and states that
 * are not shown, only for who has `work`. undo_until (ms): so long whoever asks may take it back.
 */
bool case_event_list(Call *call);
