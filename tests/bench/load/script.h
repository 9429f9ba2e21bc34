/* What happens in a run, in steps separated by ';':
 *
 *   join N | join all            N who are away come, and have media
 *   leave N                      N who only listen leave
 *   storm ice|anew AWAY SPREAD   all lose their network for AWAY s and are back within SPREAD s
 *   churn S                      people come and go for S seconds
 *   wait S
 *   link FIRST COUNT up|down WORDS   a bad network before these members (words of link.h)
 *   rebind FIRST COUNT           a NAT gives them other ports
 *   say WORD                     on stderr, for who watches
 *   mark NAME                    prints the figures since the last mark
 *
 * Each step that has figures prints them as one JSON line with its words as "step". */
#pragma once

#include "crowd.h"

/* False with error when a step is unknown. */
bool script_run(Crowd *crowd, const char *script, GError **error);
/* The figures of the last mark; NULL when there was none. Owned by the script. */
const json_t *script_last_mark(void);
