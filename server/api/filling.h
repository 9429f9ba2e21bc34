/* A template that is filled by yishi-paper, a process that is locked in: the one way to it, for who
 * prints and for who brings a template. Main thread, but for filling_prepare. */
#pragma once

#include <jansson.h>

#include "api/exchange.h"

/* Of the template that a form is filled with: the JSON that it is given, and where that lies. */
typedef struct {
  char *in, *out; /* paths in transit; removed with it */
} Filling;

/* A slow reader: writes what the program reads. */
bool filling_prepare(Filling *filling, const Config *config, const json_t *data, GBytes *template,
                     GError **error);
/* Fills it; then done is told, as workers_run says. */
bool filling_run(Filling *filling, ApiContext *context, void (*done)(void *, int, const GError *),
                 void *user);
/* After it: whether out is the document; else why is the problem: one of paper_template's codes. */
bool filling_fine(const Filling *filling, int status, Problem *problem);
void filling_clear(Filling *filling);
