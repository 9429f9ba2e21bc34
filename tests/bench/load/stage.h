/* The load client's media thread: all seats on one epoll loop. Called on the main thread; the seats
 * belong to the stage's thread from stage_add until stage_stop returns. */
#pragma once

#include "seat.h"

typedef struct Stage Stage;

Stage *stage_new(void);
/* Takes the seat; it starts towards the server at once. */
void stage_add(Stage *stage, Seat *seat, const SeatLayout *layout, const struct sockaddr_in *server,
               const char *ufrag, const char *pwd, const char *fingerprint);
/* Ends a seat (the participant leaves) and keeps its figures. */
void stage_remove(Stage *stage, Seat *seat);
void stage_count_anew(Stage *stage);
/* Stops the thread; the seats can be read now. Free with stage_free, which frees the seats too. */
void stage_stop(Stage *stage);
GPtrArray *stage_seats(Stage *stage);
void stage_free(Stage *stage);
