/* What carries messages out: HTTP and SMTP through libcurl, with bounds on time and size, no
 * redirects and no proxies of the environment. Calls block: on the outbox's own threads only. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/config.h"
#include "outbox/way.h"

typedef struct Carrier Carrier;

/* NULL with CONFIG_ERROR_VALUE. */
Carrier *carrier_new(const Config *config, GError **error);
void carrier_free(Carrier *carrier);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Carrier, carrier_free)
/* From now on what runs fails within a second. Any thread. */
void carrier_stop(Carrier *carrier);
bool carrier_stopped(Carrier *carrier);

typedef struct {
  bool ok;
  bool carried; /* it says how the way does, not that somebody has no address */
  bool final;   /* to try again is of no use: the address is wrong, or is not one any more */
  bool timed_out;
  char reason[200]; /* why not, without secrets; for the administrator */
  char brief[100];  /* the same without addresses and names of hosts; for the log */
} Outcome;

typedef struct {
  const char *url;
  bool typed;                 /* by a user: https and public addresses only (networks.h) */
  const char *const *headers; /* "Name: value", ends with NULL */
  const void *body;
  size_t length;
} HttpPost;

/* ok: it answered with 2xx. final: with 404 or 410. */
void carrier_post(Carrier *carrier, const HttpPost *post, Outcome *outcome);
/* By this mail server. ok: it took it. final: it refused it for good (5xx). */
void carrier_mail(Carrier *carrier, const Way *way, const char *to, const char *message,
                  Outcome *outcome);
