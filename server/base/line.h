/* A fair line: who asks for much waits behind himself, not before others.
 *
 * Everybody who waits has a line of his own; their first ones are taken in turn. So a caller with a
 * thousand requests delays another by one of them at a time. Bounded in all and for each. The
 * owner's thread. Source: fair queueing, J. Nagle, RFC 970. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Line Line;

/* most: items in all; most_each: of one owner. */
Line *line_new(unsigned most, unsigned most_each);
void line_free(Line *line); /* it is empty */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Line, line_free)

/* False: it is full, or whose part of it is. item is not NULL. */
bool line_push(Line *line, const char *whose, void *item);
/* Back to the head of its owner's line, whose turn comes again after the others': for what is done
 * in several goes. Never refused. */
void line_return(Line *line, const char *whose, void *item);
/* NULL when nothing waits. */
void *line_pop(Line *line);
unsigned line_length(const Line *line);
