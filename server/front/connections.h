/* All connections of the server, and how many of them one caller may have.
 *
 * Who has not yet asked for anything is half open: of an address at most LIMIT_HALF_OPEN are served
 * at a time. More of them wait in front, unread, until there is room, if they have something to
 * say: a hall whose people come at the same moment is served one after the other, not turned away.
 * Who asked but is nobody we know counts with the address, whose oldest idle connection goes when
 * there are too many. Who is signed in counts with the person (LIMIT_CONNECTIONS_IDLE,
 * LIMIT_CONNECTIONS), the oldest going. Main thread. */
#pragma once

#include <sys/socket.h>

#include "front/front.h"

typedef struct Connections Connections;

Connections *connections_new(Front *front);
/* They are all gone (connections_end). */
void connections_free(Connections *connections);

/* From now on they are adopted by this. */
void connections_serve(Connections *connections, struct lws_vhost *vhost);
/* Somebody connected; the socket is theirs. */
void connections_came(Connections *connections, int fd, const struct sockaddr_storage *peer);
/* libwebsockets destroyed it. */
void connection_free(Connection *connection);
/* Every second: kills those whose deadline has passed, gives up who waited in front too long. */
void connections_tick(Connections *connections, int64_t now_us);
/* Kills all. */
void connections_end(Connections *connections);
unsigned connections_count(const Connections *connections);
