/* The listening sockets: bound to the configured addresses, accepting until they are closed. Main
 * thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/config.h"

typedef struct Doors Doors;

/* Somebody came: the socket is the callee's. */
typedef void (*DoorsCame)(void *user, int fd, const struct sockaddr_storage *peer);

/* Binds; accepts only after doors_open. */
Doors *doors_new(const Config *config, GMainContext *context, DoorsCame came, void *user,
                 GError **error);
void doors_open(Doors *doors);
void doors_free(Doors *doors);
unsigned doors_port(const Doors *doors);
