/* The media thread's world: its port, its rooms with their routers, their peers, and the loop.
 *
 * Made and freed on the main thread while the media thread does not run; everything else is called
 * on the media thread (engine.c posts it there). Numbers that are not known are ignored: a command
 * may cross the end of what it is for.
 */
#pragma once

#include "peer/engine.h"
#include "peer/links.h"
#include "peer/outlet.h"

typedef struct Media Media;

/* inbox, outlet: borrowed. */
Media *media_new(const Config *config, unsigned index, Mailbox *inbox, Outlet *outlet,
                 GError **error);
void media_free(Media *media);
unsigned media_port(const Media *media);

/* The loop; returns after media_stop. Closes every room. */
void media_run(Media *media);
void media_stop(Media *media);

void media_room_open(Media *media, uint32_t room, bool home);
void media_room_close(Media *media, uint32_t room);
void media_room_link(Media *media, uint32_t room, const LinkEnd *end);
void media_room_floor(Media *media, uint32_t room, uint32_t peer);
void media_room_tap(Media *media, uint32_t room, int fd);
void media_peer_open(Media *media, uint32_t room, uint32_t peer);
void media_peer_close(Media *media, uint32_t peer);
void media_peer_offer(Media *media, uint32_t peer, uint32_t request, const EngineOffer *offer);
void media_peer_mute(Media *media, uint32_t peer, Source source, bool muted);
void media_peer_view(Media *media, uint32_t peer, const View *views, unsigned count);
void media_figures(Media *media, uint32_t request);
