/* For tests of imports: tables that are brought through the real worker, and what became of them.
 * One thread. */
#pragma once

#include "api/bed.h"

typedef struct {
  char id[17], digest[65];
  int64_t creates, updates, skips, errors;
} Plan;

/* A bed whose worker is this program. */
Bed *brought_bed(const char *program);
/* kind: "people", "members". The response is freed by the caller. */
ApiResponse *bring(Bed *bed, Who who, const char *kind, const void *bytes, gsize size);
/* Of an answer with the status 201. */
Plan brought_plan(const ApiResponse *response);
void brought_counts(const Plan *plan, int64_t creates, int64_t updates, int64_t skips,
                    int64_t errors);
/* The answer's code, or "" when it was done. By the staff. Free with g_free. */
char *brought_step(Bed *bed, const Plan *plan, const char *verb, bool valid_only);
/* "7:login:twice 9::ambiguous": of the lines that are wrong. Free with g_free. */
char *brought_wrong(Bed *bed, const Plan *plan);

/* The same, compared. */
void brought_steps(Bed *bed, const Plan *plan, const char *verb, const char *wanted);
void brought_is_wrong(Bed *bed, const Plan *plan, const char *wanted);

/* The first column of the first row. */
int64_t bed_number(Bed *bed, const char *sql);
char *bed_text(Bed *bed, const char *sql); /* free with g_free */
