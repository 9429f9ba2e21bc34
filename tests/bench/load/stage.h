/* Everybody's media on one loop: who sends, who waits for something missing, who is behind a bad
 * link is ticked as often as that needs; all others only every 50 ms. Keeps the figures. */
#pragma once

#include "seat.h"

typedef struct Stage Stage;

Stage *stage_new(Loop *loop);
void stage_free(Stage *stage); /* and the seats */
Loop *stage_loop(const Stage *stage);
/* The figures of those on the network as it is, or behind a link. */
Figures *stage_figures(Stage *stage, bool linked);

/* Takes the seat: ticked from now on. */
void stage_add(Stage *stage, Seat *seat);
/* Ends a seat and frees it. */
void stage_remove(Stage *stage, Seat *seat);
/* Puts a link in front of the seat or changes it. */
void stage_link(Stage *stage, Seat *seat, bool up, const LinkSetting *setting);
unsigned stage_count(const Stage *stage);
Seat *stage_seat(const Stage *stage, unsigned index);
/* The figures since the last mark, and counting anew. Free it. */
json_t *stage_mark(Stage *stage);
