/* yishictl verify: everything that can be checked without a server. */
#pragma once

#include "base/config.h"

typedef struct {
  const char *database;   /* a file to read instead of data_dir's, or NULL */
  const char *recordings; /* a folder, or NULL: the configuration's */
  const char *heads;      /* a copy of the file of heads, or NULL */
  const char *key;        /* the public key, or NULL: data_dir/audit-key.pub */
  bool quick;             /* leave out the recordings' bytes */
} VerifyOptions;

/* Prints what was checked and what does not fit; the exit status. */
int verify_run(const Config *config, const VerifyOptions *options);
