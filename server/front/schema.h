/* Validation of signalling messages, whole and before anything acts on them: a message is checked
 * against the list of its members. Pure; any thread. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCHEMA_DEPTH 8 /* nesting that any message may have; the deepest of ours has 3 */
#define SCHEMA_ID_MAX INT32_MAX

typedef enum {
  FIELD_TEXT,         /* least…most characters */
  FIELD_ID,           /* least…most characters of ASCII, none of them a blank */
  FIELD_INTEGER,      /* least…most */
  FIELD_BOOLEAN,      /**/
  FIELD_WORD,         /* one of words */
  FIELD_PID,          /* 16 characters a-z 0-9 */
  FIELD_PID_OR_NULL,  /**/
  FIELD_PID_OR_EMPTY, /**/
  FIELD_SOURCES,      /* object mid → one of words, at most `most` */
  FIELD_VIEW,         /* list of {pid, w, h}, at most `most` */
} MessageFieldKind;

typedef struct {
  const char *name;
  MessageFieldKind kind;
  int64_t least, most;
  const char *const *words; /* NULL-terminated */
  bool optional;
} MessageField;

/* A JSON object, or NULL: not UTF-8, not JSON, duplicate members, NUL characters, nested too deep,
 * not an object. */
json_t *schema_parse(const char *text, size_t len);
/* `id` of any object; 0 when it has none that is valid. */
uint32_t schema_id(const json_t *message);
/* Beside `t` and `id` the message has the fields and nothing else. On failure says in why what is
 * wrong with which member; never repeats what the client sent. */
bool schema_check(const json_t *message, const MessageField *fields, size_t count, char *why,
                  size_t why_size);
