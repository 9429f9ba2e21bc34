/* By what a channel sends: the integration of its kind that is in use, which the system
 * administrator set up while the server runs, or else what the configuration says. It is read anew
 * with each batch, so that a change counts from the next one on.
 *
 * way_configured on the main thread, way_load on any connection by its thread; a way belongs to
 * whoever holds it. */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

#include "base/config.h"

typedef enum {
  CHANNEL_EMAIL,
  CHANNEL_SMS,
  CHANNEL_WEBHOOK, /* to a program of a person's own */
  CHANNEL_PUSH,
  CHANNEL_CALL, /* to the programs of the house (integration_call), which is no way to a person */
} Channel;
#define CHANNEL_COUNT 5

/* "email"; as delivery.channel has it, but for calls. Constant. */
const char *channel_name(Channel channel);

typedef enum {
  TLS_NEVER,   /* as the configuration may say */
  TLS_OFFERED, /* where it is offered: a mail server on this machine */
  TLS_ALWAYS,
} TlsUse;

typedef struct {
  bool there;                      /* false: nothing is sent by this channel */
  char integration[17];            /* its id; empty: the configuration's */
  char *url;                       /* "smtp://host:port", "smtps://…", or the hook's */
  TlsUse tls;                      /* of mail */
  char *account, *sender, *secret; /* or NULL */
} Way;

/* What the configuration says. Free with way_free. NULL with CONFIG_ERROR_VALUE. */
Way *way_configured(const Config *config, Channel channel, GError **error);
/* What counts now: a copy of `configured` where no integration is in use. Free with way_free. NULL
 * with STORE_ERROR. */
Way *way_load(sqlite3 *db, Channel channel, const Way *configured, GError **error);
/* Wipes the secret; NULL is fine. */
void way_free(Way *way);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Way, way_free)
