/* A field: one thing that a record has or that a request or a message says, declared once.
 *
 * Its name is the column, the JSON member and the end of the word's key ("person.name"). From the
 * declaration come the check of what comes in, the JSON that goes out, the bounds that the database
 * keeps, what is audited and what is printed. A subject's fields end with END; shapes of requests
 * are lists of their names. Constant data. */
#pragma once

#include <stdint.h>

typedef enum {
  F_TEXT,  /* least…most characters, NFC, without blanks at its ends */
  F_INT,   /* least…most */
  F_BOOL,  /**/
  F_TIME,  /* milliseconds since 1970, UTC */
  F_DATE,  /* YYYY-MM-DD, a day of the configured zone */
  F_WORD,  /* one of the words in `of` */
  F_ID,    /* 16 characters a-z 0-9 */
  F_REF,   /* an id of the subject in `of` */
  F_DICT,  /* code of an item of the dictionary in `of` (dict.h) */
  F_WORDS, /* a list of different ones of the words in `of`, least…most of them */
  F_IDS,   /* a list of different ids, least…most of them */
  F_FILES, /* files that were sent before (attachment.h): said as a list of their ids, at most
            * `most`, shown by an expression of the row; kept in the table attachment */

  /* Of messages; no table has them. */
  F_RAW,    /* least…most characters, taken as they are */
  F_OBJECT, /* an object: all of `parts`, but for those that are OPTIONAL, and nothing else; `of` is
             * the name of what it is */
  F_LIST,   /* least…most values, each as the one field in `parts` */
  F_MAP,    /* an object of least…most members with names of 1…MAP_NAME_MOST characters of ASCII
             * without blanks, each of whose values is as the one field in `parts`; `of` says what
             * the names are */
} FieldType;

#define MAP_NAME_MOST 16
#define DICT_CODE_MOST 40

typedef enum {
  OPTIONAL = 1,   /* the column may be null; null may be said */
  ONCE = 2,       /* set when the row is made, never edited */
  SECRET = 4,     /* never in an audit record or a log */
  GIVEN = 8,      /* the server sets it; no request may */
  LINES = 16,     /* text with line ends; CRLF becomes LF */
  OR_NULL = 32,   /* null is a value like others: it must be said */
  PERSONAL = 64,  /* about a person: in exports for those only who have the verb `export` */
  KEY = 128,      /* an import finds the row by it: no two rows have the same */
  KEY_PART = 256, /* or by all of these together, where no KEY is said; the first is the one that
                   * people know it by */
  UNSHARED = 512, /* no two rows have the same, though none is found by it alone: two lines of a
                   * table that say it are both wrong */
  TAGS = 1024,    /* text of free words, as tags.h has them */
} FieldFlags;

typedef struct Field {
  const char *name;
  FieldType type;
  int64_t least, most;
  /* WORD, WORDS: the words, separated by blanks. REF: the other subject. DICT: the
   * dictionary. TEXT: NULL, or the only
   * characters that it may have, as SQLite's GLOB writes a set ("a-z0-9._@-"). */
  const char *of;
  const char *see; /* verb that shows it; NULL: read */
  const char *at;  /* where its values are kept: NULL the subject's table; "" nowhere, it is said
                    * with an act; else another table */
  unsigned flags;  /* of FieldFlags */
  const struct Field *parts; /* OBJECT, LIST, MAP */
  const char *about;         /* what it means, for who reads what is printed; NULL: its name says */
} Field;

#define TEXT(n, lo, hi, ...)                                                                       \
  { .name = n, .type = F_TEXT, .least = lo, .most = hi, ##__VA_ARGS__ }
#define INT(n, lo, hi, ...)                                                                        \
  { .name = n, .type = F_INT, .least = lo, .most = hi, ##__VA_ARGS__ }
#define BOOL(n, ...)                                                                               \
  { .name = n, .type = F_BOOL, ##__VA_ARGS__ }
#define TIME(n, ...)                                                                               \
  { .name = n, .type = F_TIME, ##__VA_ARGS__ }
#define DATE(n, ...)                                                                               \
  { .name = n, .type = F_DATE, ##__VA_ARGS__ }
#define WORD(n, words, ...)                                                                        \
  { .name = n, .type = F_WORD, .of = words, ##__VA_ARGS__ }
#define WORDS(n, words, lo, hi, ...)                                                               \
  { .name = n, .type = F_WORDS, .of = words, .least = lo, .most = hi, ##__VA_ARGS__ }
#define IDS(n, lo, hi, ...)                                                                        \
  { .name = n, .type = F_IDS, .least = lo, .most = hi, ##__VA_ARGS__ }
#define DICT(n, dict, ...)                                                                         \
  { .name = n, .type = F_DICT, .of = dict, ##__VA_ARGS__ }
#define FILES(n, hi, ...)                                                                          \
  { .name = n, .type = F_FILES, .most = hi, .at = "attachment", ##__VA_ARGS__ }
#define ID(n, ...)                                                                                 \
  { .name = n, .type = F_ID, ##__VA_ARGS__ }
#define REF(n, subject, ...)                                                                       \
  { .name = n, .type = F_REF, .of = subject, ##__VA_ARGS__ }
#define RAW(n, lo, hi, ...)                                                                        \
  { .name = n, .type = F_RAW, .least = lo, .most = hi, ##__VA_ARGS__ }
#define OBJECT(n, what, fields, ...)                                                               \
  { .name = n, .type = F_OBJECT, .of = what, .parts = fields, ##__VA_ARGS__ }
#define LIST(n, lo, hi, field, ...)                                                                \
  { .name = n, .type = F_LIST, .least = lo, .most = hi, .parts = field, ##__VA_ARGS__ }
#define MAP(n, lo, hi, names, field, ...)                                                          \
  { .name = n, .type = F_MAP, .least = lo, .most = hi, .of = names, .parts = field, ##__VA_ARGS__ }
#define END                                                                                        \
  { 0 }

/* NULL when there is none of that name. */
const Field *field_find(const Field *fields, const char *name);
